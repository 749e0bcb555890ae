/** Why a message died, by its own words. */
import type { Content } from '../../conformance/support/inbox'
import type { Copy } from './copy'
import type { Figures } from './figures'

const COUNTED = {
  rejected: 'rejected',
  expired: 'expired',
  maxlen: 'overflowed',
  delivery_limit: 'overDelivered',
} as const

/** Counts the death of a message that came from where the dead go. */
export function mourn(figures: Figures, copy: Copy, { properties }: Content): void {
  const reason = properties.headers?.['x-first-death-reason']
  if (copy.isMourned || typeof reason !== 'string') return
  copy.isMourned = true
  const counter = Object.entries(COUNTED).find(([word]) => word === reason)?.[1]
  if (counter !== undefined) figures[counter]++
}
