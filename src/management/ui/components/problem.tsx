/** A failure in the server's words, with a way to try again. */
import { Alert, Button, Stack } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ApiError } from '../api/client'

interface Props {
  readonly error: Error
  readonly onRetry?: () => void
}

export function Problem({ error, onRetry }: Props) {
  return (
    <Alert
      color="red"
      variant="default"
      className="alert"
      title={titleOf(error)}
      icon={<IconAlertTriangle size={18} />}
      role="alert"
    >
      <Stack gap="sm" align="flex-start">
        <span>{error.message}</span>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

function titleOf(error: Error): string {
  if (!(error instanceof ApiError)) return 'This page failed'
  if (error.status === 0) return 'No answer'
  if (error.status === 401 || error.status === 403) return 'Not allowed'
  if (error.status === 404) return 'Not found'
  return `Refused (${error.status})`
}
