/** A form in a dialog: it stays open, with the server's words in it, until what it asks for was done. */
import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'

interface Props {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly verb: string
  /** Rejects with what is wrong; the dialog closes when it resolves. */
  readonly onSubmit: () => Promise<unknown>
  readonly size?: string
  /** What it does cannot be taken back. */
  readonly isDangerous?: boolean
  readonly children: ReactNode
}

export function FormModal(props: Props) {
  const { title, isOpen, onClose, verb, onSubmit, size = 'md', isDangerous = false, children } = props
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const close = () => {
    setProblem(undefined)
    onClose()
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await onSubmit()
      close()
    } catch (error) {
      setProblem((error as Error).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal opened={isOpen} onClose={close} title={title} size={size}>
      <form onSubmit={submit} aria-label={title}>
        <Stack gap="sm">
          {problem !== undefined && (
            <Alert
              color="red"
              variant="default"
              className="alert"
              role="alert"
              style={{ overflowWrap: 'anywhere' }}
            >
              {problem}
            </Alert>
          )}
          {children}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" size="sm" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" size="sm" loading={isBusy} {...(isDangerous && { color: 'red.9' })}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
