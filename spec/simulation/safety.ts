/** What a client was promised is on the disk: its message, or the one that it repeats. */
import type { SentMessage } from './conversation'
import type { Findings } from './findings'
import type { Snapshot } from './snapshot'

interface Kept {
  readonly onDisk: Snapshot
  readonly findings: Findings
}

/** Whatever of it must outlive a crash is on the disk. */
export function requireSafe({ onDisk, findings }: Kept, message: SentMessage, how: string): void {
  const { id, routed, repeated } = message
  for (const { queue, position } of repeated) {
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
