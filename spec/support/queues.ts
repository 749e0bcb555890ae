/** One-line arrangements of a queue with a turn and a store in the hands of the spec. */
import { Message } from '../../src/message'
import type { DeadLetterSink } from '../../src/queues/dead-letter'
import { type QueueOptions, queueOptions } from '../../src/queues/options'
import { Queue, type QueueDefinition } from '../../src/queues/queue'
import { HeldStore } from './held-store'
import { ManualClock } from './manual-clock'
import { ManualTurn } from './manual-turn'

export interface ArrangedQueue {
  readonly queue: Queue
  readonly turn: ManualTurn
  readonly clock: ManualClock
  readonly store: HeldStore
  /** Queues that said that their last consumer left, or that nobody used them. */
  readonly unused: Queue[]
  /** What died, as `reason position`; buried at once. */
  readonly deaths: string[]
}

export function arrangedQueue(
  definition: Partial<QueueDefinition> = {},
  turn: ManualTurn = new ManualTurn(),
  options: Partial<QueueOptions> = {},
): ArrangedQueue {
  const store = new HeldStore()
  const clock = new ManualClock()
  const unused: Queue[] = []
  const deaths: string[] = []
  const declared = {
    id: 7,
    name: 'q',
    durable: true,
    autoDelete: false,
    owner: undefined,
    arguments: new Map(),
    ...definition,
  }
  const deadLetters: DeadLetterSink = {
    bury(queue, position, reason) {
      deaths.push(`${reason} ${position}`)
      queue.buried(position)
    },
    leaving: () => {},
    isBehind: false,
    buryRefused: (_queue, message, reason) => deaths.push(`${reason} refused ${message.routingKey}`),
  }
  const around = { clock, turn, store, deadLetters, unused: (gone: Queue) => unused.push(gone) }
  const queue = new Queue(declared, { ...queueOptions(declared.arguments), ...options }, around)
  return { queue, turn, clock, store, unused, deaths }
}

/** A queue with these options. */
export function queueWith(options: Partial<QueueOptions>): ArrangedQueue {
  return arrangedQueue({}, new ManualTurn(), options)
}

/** For queues in whose arguments nothing can die or wait. */
export const noDeaths: DeadLetterSink = {
  bury: () => {
    throw new Error('nothing dies here')
  },
  leaving: () => {},
  isBehind: false,
  buryRefused: () => {
    throw new Error('nothing dies here')
  },
}

/** basic.get: the position of the first message, and the message; undefined when there is none. */
export function getFrom(queue: Queue): { position: number; message: Message } | undefined {
  const message = new Message()
  const position = queue.get(message)
  return position < 0 ? undefined : { position, message }
}
