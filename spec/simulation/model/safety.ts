/** What a client was promised is on the disk: its message, or the one that it repeats. And nobody is closed for nothing. */

import type { Findings } from '../findings'
import type { SentMessage } from '../world/conversation'
import type { BrokerModel } from './broker-model'
import type { Snapshot } from './snapshot'

interface RolledBack {
  readonly findings: Findings
  readonly model: BrokerModel
}

interface Kept {
  readonly onDisk: Snapshot
  readonly findings: Findings
}

/** Whatever of it must outlive a crash is on the disk. */
export function requireSafe({ onDisk, findings }: Kept, message: SentMessage, how: string): void {
  const { id, routed, repeated } = message
  // As a dead letter it may repeat another, and still be where it died until the next commit.
  const isItself = [...onDisk.queues.values()].some(({ entries }) => entries.some(entry => entry.id === id))
  for (const { queue, position } of isItself ? [] : repeated) {
    const entry = queue.entries.get(position)
    const isThere = onDisk.queues.get(queue.name)?.entries.some(each => each.position === position)
    if (entry?.isPersistent && queue.isKept && !queue.isDeleted && isThere !== true)
      findings.wrong(`${id} was ${how} before ${entry.id}, which it repeats, was on the disk`)
  }
  for (const queue of routed) {
    if (queue.isDeleted || !queue.isKept) continue
    const kept = onDisk.queues.get(queue.name)?.entries ?? []
    for (const { isPersistent, position, isPassed, deaths } of queue.entries.values()) {
      if (queue.entries.get(position)?.id !== id || !isPersistent || isPassed || deaths.length > 0) continue
      if (!kept.some(entry => entry.position === position && entry.id === id))
        findings.wrong(`${id} was ${how} before it was on the disk of queue ${queue.name}`)
    }
  }
}

/** tx.commit was answered: every queue has got its messages, and the disk has those that it must. */
export function requireCommitted(kept: Kept, messages: readonly SentMessage[]): void {
  for (const message of messages) {
    for (const queue of message.awaited) {
      if (!queue.isDeleted)
        kept.findings.wrong(`${message.id} was committed, and is not in queue ${queue.name}`)
    }
    requireSafe(kept, message, 'committed')
  }
}

export function requireRolledBack({ findings, model }: RolledBack, messages: readonly SentMessage[]): void {
  for (const { id, routed, awaited, noted } of messages) {
    model.duplicates.requireForgotten(id, noted, 'rolled back')
    if (awaited.size < routed.length) findings.wrong(`${id} was rolled back, and came to a queue`)
    awaited.clear()
  }
}

/** No client here breaks the protocol. */
export function requireDeserved(
  findings: Findings,
  what: 'channel' | 'connection',
  replyCode: number,
  replyText: string,
): void {
  findings.saw(`${what} error ${replyCode}`)
  const isMeant = replyCode < 500 || replyCode === 530 || replyCode === 540
  const isUnknownTag = replyText.includes('unknown delivery tag')
  if (!isMeant || isUnknownTag) findings.wrong(`a ${what} was closed with ${replyCode} ${replyText}`)
}
