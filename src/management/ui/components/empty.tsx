/** What a list says when it has nothing to show: why, and what to do about it. */
import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Mark } from './mark'

interface Props {
  readonly title: string
  readonly children?: ReactNode
}

export function Empty({ title, children }: Props) {
  return (
    <Stack align="center" gap={6} py={56} px="md">
      <Mark size={40} />
      <Title order={2} fz="md">
        {title}
      </Title>
      <Text fz="sm" className="quiet" ta="center" maw={520} component="div">
        {children}
      </Text>
    </Stack>
  )
}
