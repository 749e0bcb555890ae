/** Why messages were not moved on, in words. */
import type { Moved, StayReason } from '../../api/message-types'
import { count } from '../../format/numbers'

const words: Readonly<Record<StayReason, string>> = {
  refused: 'refused by a queue that is full',
  unroutable: 'without a way to any queue',
  'not-dead': 'never dead-lettered',
  'same-queue': 'died in this very queue',
  forbidden: 'not permitted to be written there',
}

/** `, 3 left here: 2 never dead-lettered, 1 without a way to any queue`; nothing when all went. */
export function whyLeft(left: number, reasons: Moved['reasons'], mode: 'move' | 'copy'): string {
  if (left === 0) return ''
  const told = Object.entries(reasons).map(
    ([reason, times]) => `${count(times)} ${words[reason as StayReason] ?? reason}`,
  )
  const start = `; ${count(left)} ${mode === 'move' ? 'left here' : 'not copied'}`
  return told.length === 0 ? start : `${start}: ${told.join(', ')}`
}
