/** What can be done with the selected rows of a list, in the place of its filter. */
import { Button, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { count } from '../format/numbers'
import { confirm } from './confirm'

export function SelectionBar({
  selected,
  children,
}: {
  readonly selected: number
  readonly children: ReactNode
}) {
  return (
    <>
      <Text fz="sm" fw={500} role="status">
        {count(selected)} selected
      </Text>
      {children}
      <span style={{ marginLeft: 'auto' }} />
    </>
  )
}

interface BulkProps {
  /** "Delete". */
  readonly verb: string
  /** "queue", "queues". */
  readonly noun: readonly [one: string, many: string]
  readonly names: readonly string[]
  /** What becomes of them, after their names. */
  readonly consequence: string
  readonly icon: ReactNode
  readonly action: () => void
}

const namedMax = 12

/** A button that asks first, and names what it would touch. */
export function BulkButton({ verb, noun, names, consequence, icon, action }: BulkProps) {
  const subject = names.length === 1 ? `${noun[0]} ${names[0]}` : `${count(names.length)} ${noun[1]}`
  const listed = names.slice(0, namedMax).join(', ')
  const rest = names.length > namedMax ? ` and ${count(names.length - namedMax)} more` : ''
  return (
    <Button
      size="xs"
      color="red"
      variant="light"
      leftSection={icon}
      onClick={() =>
        confirm({ title: `${verb} ${subject}?`, what: `${listed}${rest}: ${consequence}`, verb, action })
      }
    >
      {verb}
    </Button>
  )
}
