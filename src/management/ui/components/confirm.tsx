/** Asks before something is destroyed, and names it. Enter does not destroy: the focus starts on "Cancel". */
import { Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { ReactNode } from 'react'

interface Question {
  /** "Delete queue orders?" */
  readonly title: string
  /** What will be lost. */
  readonly what: ReactNode
  /** The word on the button: "Delete". */
  readonly verb: string
  readonly action: () => void
}

export function confirm({ title, what, verb, action }: Question): void {
  modals.openConfirmModal({
    title,
    children: (
      <Text fz="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
        {what}
      </Text>
    ),
    labels: { confirm: verb, cancel: 'Cancel' },
    confirmProps: { color: 'red.9' },
    cancelProps: { 'data-autofocus': true },
    onConfirm: action,
  })
}
