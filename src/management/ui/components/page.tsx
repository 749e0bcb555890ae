/** The frame of a page: its name (also of the window), what can be done on it, and its parts below. */
import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

interface Props {
  readonly title: string
  /** Beside the title: a badge, a count. */
  readonly aside?: ReactNode
  readonly hint?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Page({ title, aside, hint, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Leveret`
  }, [title])
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end" gap="sm">
        <Stack gap={2} miw={0}>
          <Group gap="sm">
            <Title order={1} fz={22} style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
            {aside}
          </Group>
          {hint !== undefined && (
            <Text fz="sm" className="quiet" component="div">
              {hint}
            </Text>
          )}
        </Stack>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  )
}

interface PanelProps {
  readonly title?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** Without the inner margin: for tables. */
  readonly isFlush?: boolean
}

/** A part of a page with a heading of its own. */
export function Panel({ title, actions, children, isFlush = false }: PanelProps) {
  return (
    <section className="surface" aria-label={title}>
      {(title !== undefined || actions !== undefined) && (
        <Group justify="space-between" px="md" pt="sm" pb={isFlush ? 'sm' : 0} gap="xs">
          {title !== undefined && (
            <Title order={2} fz="sm">
              {title}
            </Title>
          )}
          {actions}
        </Group>
      )}
      {isFlush ? children : <div className="panel-body">{children}</div>}
    </section>
  )
}
