/** In the place of a page whose subject is not there yet, or not at all. */
import { Center, Loader } from '@mantine/core'
import { Page } from './page'
import { Problem } from './problem'

interface Props {
  readonly title: string
  readonly error: Error | null
  readonly onRetry: () => void
}

export function Loading({ title, error, onRetry }: Props) {
  return (
    <Page title={title}>
      {error === null ? (
        <Center py={80}>
          <Loader size="sm" aria-label={`Loading ${title}`} />
        </Center>
      ) : (
        <Problem error={error} onRetry={onRetry} />
      )}
    </Page>
  )
}
