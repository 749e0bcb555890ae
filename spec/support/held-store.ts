/** A message store whose batches are kept when a spec says so, and that reads the records only then. */
import type { CommitTicket, MessageStore } from '../../src/store/message-store'

interface Waiting {
  readonly queueId: number
  readonly position: number
  /** The caller's memory: what a store that does not copy would write. */
  readonly record: Buffer
}

export class HeldStore implements MessageStore {
  readonly canLoad = false
  readonly isBehind = false
  committed: CommitTicket = 0
  /** Records that are kept, as `queue/position`, with their bytes as text. */
  readonly kept = new Map<string, string>()
  /** Calls in order, as `append 1/0`. */
  readonly calls: string[] = []
  private readonly waiting = new Map<string, Waiting>()
  private readonly listeners: ((committed: CommitTicket) => void)[] = []

  /** The ticket that the operations of now get. */
  get gathering(): CommitTicket {
    return this.committed + 1
  }

  onCommitted(listener: (committed: CommitTicket) => void): void {
    this.listeners.push(listener)
  }

  openQueue(): void {}

  append(queueId: number, position: number, record: Buffer, start: number, end: number): CommitTicket {
    const key = this.note('append', queueId, position)
    this.waiting.set(key, { queueId, position, record: record.subarray(start, end) })
    return this.gathering
  }

  settle(queueId: number, position: number): CommitTicket {
    const key = this.note('settle', queueId, position)
    if (!this.waiting.delete(key) && !this.kept.delete(key)) throw new Error(`${key} is not in the store`)
    return this.gathering
  }

  settleFrom(queueId: number, position: number): CommitTicket {
    this.note('settleFrom', queueId, position)
    for (const entries of [this.waiting, this.kept]) {
      for (const key of entries.keys()) {
        const [queue, at] = key.split('/').map(Number)
        if (queue === queueId && at! >= position) entries.delete(key)
      }
    }
    return this.gathering
  }

  markDelivered(queueId: number): CommitTicket {
    this.calls.push(`markDelivered ${queueId}`)
    return this.gathering
  }

  spill(): void {
    this.load()
  }

  unspill(): void {
    this.load()
  }

  readSpilled(): void {
    this.load()
  }

  dropSpilled(): void {}

  whenCaughtUp(): void {}

  load(): void {
    throw new Error('this store reads nothing back')
  }

  removeQueue(queueId: number): CommitTicket {
    this.calls.push(`removeQueue ${queueId}`)
    return this.gathering
  }

  /** Keeps what has gathered: only now are the records read. */
  commit(): void {
    for (const [key, { record }] of this.waiting) this.kept.set(key, record.toString('latin1'))
    this.waiting.clear()
    this.committed++
    for (const listener of this.listeners) listener(this.committed)
  }

  private note(call: string, queueId: number, position: number): string {
    const key = `${queueId}/${position}`
    this.calls.push(`${call} ${key}`)
    return key
  }
}
