/** What a broker before this one left on the disk, as it is again in the model. */
import { delayIn } from './arriving'
import type { BrokerModel } from './broker-model'
import type { Snapshot } from './snapshot'

/** Entries of before a restart: what they expire at is not known for certain. */
export function restoreEntries(model: BrokerModel, kept: Snapshot, afterCrash: boolean, now: number): void {
  const mayExpire = model.policies.some(({ definition }) => 'message-ttl' in definition)
  for (const [name, { entries, keys }] of kept.queues) {
    const queue = model.queues.get(name)
    if (queue === undefined) continue
    queue.isRestored = true
    if (queue.terms.isDeduplicating) for (const key of keys) queue.keys.add(key, queue.terms.cacheSize)
    for (const entry of entries) {
      const hasTtl =
        (mayExpire && !queue.isDelaying) || entry.ttl !== undefined || queue.terms.messageTtl !== undefined
      queue.entries.set(entry.position, {
        ...entry,
        state: 'ready',
        // After a crash nobody knows, so everything may have been delivered.
        isRedelivered: afterCrash || entry.isRedelivered === true ? true : undefined,
        // The time that was too much is not noted.
        failures: Math.min(entry.failures, entry.limit),
        holder: '',
        dueFrom: hasTtl ? 0 : Number.POSITIVE_INFINITY,
        dueUntil: Number.POSITIVE_INFINITY,
        // It counts from when it was written.
        releaseUntil: now + delayIn(model.headersOf(entry.id)),
      })
    }
    queue.restored = entries.length
  }
}
