/** One life of a broker with one queue that has rules, on SQLite: its time stands still, and what dies is held. */
import { lookAtHeads } from '../../src/broker/recovery'
import { Message } from '../../src/message'
import type { DeadLetterSink, DeathReason } from '../../src/queues/dead-letter'
import { NO_POSITION, NOT_LOADED } from '../../src/queues/entries'
import type { QueueOptions } from '../../src/queues/options'
import { Queue } from '../../src/queues/queue'
import { QueueJournal } from '../../src/store/queue-journal'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store'
import type { ManualClock } from './manual-clock'
import { ManualTurn } from './manual-turn'
import { bodyOf } from './messages'
import { TakingDisk } from './taking-disk'

export interface SeenDeath {
  readonly reason: DeathReason
  readonly body: string
  readonly position: number
}

export class RuledLife {
  readonly turn = new ManualTurn()
  readonly disk: TakingDisk
  readonly store: SqliteStore
  readonly queue: Queue
  /** With the sink, until `bury`. */
  dying: SeenDeath[] = []

  constructor(
    file: string,
    readonly clock: ManualClock,
    options: QueueOptions,
  ) {
    this.disk = new TakingDisk(file, 'os', () => clock.now())
    const store = new SqliteStore(this.turn, this.disk)
    this.store = store
    const [stored] = this.disk.definitions.queues
    const record = { id: 7, vhost: '/', name: 'q', autoDelete: false }
    const definition = { ...record, durable: true, owner: undefined, arguments: new Map() }
    const deadLetters: DeadLetterSink = {
      bury: (queue, position, reason) => {
        const message = new Message()
        queue.view(position, message)
        this.dying.push({ reason, body: bodyOf(message), position })
      },
      leaving: () => {},
      isBehind: false,
      buryRefused: () => {},
    }
    const journal = (id: number): QueueJournal => new QueueJournal(id, store)
    const around = { clock, turn: this.turn, store, deadLetters, journal, unused: () => {} }
    this.queue = new Queue(definition, options, around)
    if (stored === undefined)
      store.change({ kind: 'queue', record: { ...record, arguments: new Uint8Array() } })
    else {
      this.queue.restore(stored)
      lookAtHeads([this.queue].values())
    }
  }

  /** Turns, and what the disk says in between, until nothing is left to do. */
  async endTurns(): Promise<void> {
    let asked = -1
    for (let quiet = 0; quiet < 3; quiet++) {
      this.clock.advance(0)
      if (this.turn.runAll() > 1 || this.disk.reads !== asked) quiet = 0
      asked = this.disk.reads
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  /** basic.get, which may have to wait for the disk. */
  async get(): Promise<{ position: number; body: string; message: Message } | undefined> {
    const message = new Message()
    let position = this.queue.get(message)
    while (position === NOT_LOADED) {
      const loaded = new Promise<void>(resolve => this.queue.whenLoaded(resolve))
      await this.endTurns()
      await loaded
      position = this.queue.get(message)
    }
    return position === NO_POSITION ? undefined : { position, body: bodyOf(message), message }
  }

  bury(): void {
    const dying = this.dying
    this.dying = []
    for (const { position } of dying) this.queue.buried(position)
  }

  async end(): Promise<void> {
    this.queue.stop()
    await this.disk.close()
  }
}
