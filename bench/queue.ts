/** A queue by itself: handing over, waiting and settling, with a store that needs no time. */
import { SystemClock } from '../src/clock'
import { Message } from '../src/message'
import type { Consumer } from '../src/queues/consumer'
import { queueOptions } from '../src/queues/options'
import { Queue } from '../src/queues/queue'
import { MemoryStore } from '../src/store/memory-store'
import { Phases } from '../src/turn'
import { compare, type Variant } from './measure'

const MESSAGES = 100_000
/** Publishes of one turn, and deliveries that may be out. */
const WINDOW = 500

class Settling implements Consumer {
  readonly tag = 'tag'
  readonly priority = 0
  readonly exclusive = false
  readonly positions: number[] = []
  delivered = 0
  redelivered = 0

  constructor(
    readonly noAck: boolean,
    private readonly limit: number,
  ) {}

  hasCredit(): boolean {
    return this.noAck || this.positions.length < this.limit
  }

  deliver(_message: Message, position: number): void {
    this.delivered++
    if (!this.noAck) this.positions.push(position)
  }

  settleAll(queue: Queue): void {
    for (const position of this.positions) queue.settle(position)
    this.positions.length = 0
    queue.creditReturned()
  }

  cancelled(): void {}
}

function messageOf(bodyBytes: number, persistent: boolean): Message {
  const message = new Message()
  message.persistent = persistent
  message.viewRecord(Buffer.alloc(12 + 3 + bodyBytes, 'b'), 0, 12, 3, bodyBytes)
  return message
}

function queueOn(turn: Phases): Queue {
  const definition = {
    id: 1,
    name: 'q',
    durable: true,
    autoDelete: false,
    owner: undefined,
    arguments: new Map(),
  }
  const store = new MemoryStore(turn)
  const deadLetters = { bury: () => {}, leaving: () => {}, isBehind: false, buryRefused: () => {} }
  const around = { clock: new SystemClock(), turn, store, deadLetters, unused: () => {} }
  return new Queue(definition, queueOptions(definition.arguments), around)
}

/** The consumer is there first: messages are handed over in the call that enqueues them. */
function straight(name: string, bodyBytes: number, noAck: boolean, persistent = false): Variant {
  const message = messageOf(bodyBytes, persistent)
  return {
    name: `handed over at once, ${name}`,
    run: () => {
      const turn = new Phases()
      const queue = queueOn(turn)
      const consumer = new Settling(noAck, WINDOW)
      queue.addConsumer(consumer)
      for (let sent = 0; sent < MESSAGES; sent += WINDOW) {
        for (let i = 0; i < WINDOW; i++) queue.enqueue(message)
        consumer.settleAll(queue)
        turn.run()
      }
      return checked(consumer)
    },
  }
}

/** The consumer comes when all messages wait. */
function backlog(name: string, bodyBytes: number, persistent = false): Variant {
  const message = messageOf(bodyBytes, persistent)
  return {
    name: `filled with ${MESSAGES} and drained, ${name}`,
    run: () => {
      const turn = new Phases()
      const queue = queueOn(turn)
      for (let i = 0; i < MESSAGES; i++) queue.enqueue(message)
      const consumer = new Settling(false, WINDOW)
      queue.addConsumer(consumer)
      while (queue.messageCount > 0) {
        turn.run()
        consumer.settleAll(queue)
      }
      return checked(consumer)
    },
  }
}

/** Everything is put back once: the first that was out comes first again. */
function requeued(): Variant {
  const message = messageOf(16, false)
  return {
    name: 'handed over, put back, delivered again and settled, 16 B',
    run: () => {
      const turn = new Phases()
      const queue = queueOn(turn)
      const consumer = new Settling(false, WINDOW)
      queue.addConsumer(consumer)
      for (let sent = 0; sent < MESSAGES; sent += WINDOW) {
        for (let i = 0; i < WINDOW; i++) queue.enqueue(message)
        for (let i = WINDOW - 1; i >= 0; i--) queue.requeue(consumer.positions.pop()!)
        queue.creditReturned()
        turn.run()
        consumer.settleAll(queue)
      }
      return checked(consumer, 2 * MESSAGES) / 2
    },
  }
}

function checked(consumer: Settling, expected = MESSAGES): number {
  if (consumer.delivered !== expected) throw new Error(`${consumer.delivered} deliveries of ${expected}`)
  return expected
}

compare('queue: a message in, out and settled', [
  straight('no acknowledgements, 16 B', 16, true),
  straight('settled, 16 B', 16, false),
  straight('settled, 16 B, persistent', 16, false, true),
  straight('settled, 1 KiB', 1024, false),
  straight('settled, 64 KiB', 65_536, false),
  backlog('16 B', 16),
  backlog('16 B, persistent', 16, true),
  backlog('1 KiB', 1024),
  requeued(),
])
