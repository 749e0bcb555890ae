/**
 * Which messages of a queue others repeat: as long as one with a key is in the queue, waiting or with a consumer, another
 * with that key is a duplicate. Keys of messages that are kept are kept with them.
 */
import { fieldKey } from '../amqp/field-key'
import type { Clock } from '../clock'
import type { Message } from '../message'
import type { KeyRecord } from '../store/definition-store'
import type { KeyJournal } from '../store/key-journal'
import { RecentKeys } from '../structures/recent-keys'
import { NO_POSITION } from './entries'
import type { QueueOptions } from './options'

/** Where nothing is said: enough for most backlogs, and some 300 MB if there is one like that. */
const SIZE_DEFAULT = 1_000_000
const HEADER = 'x-deduplication-header'

export type DeduplicationOptions = NonNullable<QueueOptions['deduplication']>

export class Deduplication {
  private readonly keys: RecentKeys
  /** Of the messages in the queue whose keys are remembered. */
  private readonly keyAt = new Map<number, string>()
  private ttl: number | undefined
  /** This entry is on its way to other queues, which may be this one: nothing repeats it. */
  leaving: number = NO_POSITION
  /** Of the message asked about last. */
  private key: string | undefined

  constructor(
    options: DeduplicationOptions,
    private readonly clock: Clock,
    /** Undefined: the queue does not outlive the broker. */
    private readonly journal: KeyJournal | undefined,
  ) {
    this.keys = new RecentKeys(options.size ?? SIZE_DEFAULT, ({ key, position }) =>
      this.forgot(key, position),
    )
    this.ttl = options.ttl
  }

  configure(options: DeduplicationOptions): void {
    this.keys.sizeMax = options.size ?? SIZE_DEFAULT
    this.ttl = options.ttl
  }

  /** The position of the message that this one repeats; undefined: none. */
  original(message: Message): number | undefined {
    const field = message.headers()?.get(HEADER)
    this.key = field === undefined ? undefined : fieldKey(field)
    const original = this.key === undefined ? undefined : this.keys.find(this.key, this.clock.now())?.position
    return original === this.leaving ? undefined : original
  }

  /** The message asked about last came in. */
  entered(position: number, isPersistent: boolean): void {
    const { key, ttl } = this
    if (key === undefined) return
    if (this.keyAt.get(this.leaving) === key) this.forget(this.leaving)
    const expires = ttl === undefined ? Number.POSITIVE_INFINITY : this.clock.now() + ttl
    this.keys.add(key, expires, position)
    this.keyAt.set(position, key)
    if (isPersistent) this.journal?.added({ key, expires, position })
  }

  /** A message left for good. */
  forget(position: number): void {
    const key = this.keyAt.get(position)
    if (key === undefined) return
    this.keys.delete(key)
    this.forgot(key, position)
  }

  /** All messages that wait from a position on were dropped. */
  forgetFrom(position: number): void {
    for (const at of [...this.keyAt.keys()]) if (at >= position) this.forget(at)
  }

  restore(records: readonly KeyRecord[]): void {
    for (const { key, expires, position } of records) {
      this.keys.add(key, expires, position)
      this.keyAt.set(position, key)
    }
  }

  private forgot(key: string, position: number): void {
    this.keyAt.delete(position)
    this.journal?.gone(key)
  }
}
