/** One-line arrangements of a queue with a turn and a store in the hands of the spec. */
import { Message } from '../../src/message'
import { Queue, type QueueDefinition } from '../../src/queues/queue'
import { HeldStore } from './held-store'
import { ManualTurn } from './manual-turn'

export interface ArrangedQueue {
  readonly queue: Queue
  readonly turn: ManualTurn
  readonly store: HeldStore
  /** Queues that said that their last consumer left. */
  readonly unused: Queue[]
}

export function arrangedQueue(
  definition: Partial<QueueDefinition> = {},
  turn: ManualTurn = new ManualTurn(),
): ArrangedQueue {
  const store = new HeldStore()
  const unused: Queue[] = []
  const queue = new Queue(
    {
      id: 7,
      name: 'q',
      durable: true,
      autoDelete: false,
      owner: undefined,
      arguments: new Map(),
      ...definition,
    },
    { turn, store, unused: gone => unused.push(gone) },
  )
  return { queue, turn, store, unused }
}

/** basic.get: the position of the first message, and the message; undefined when there is none. */
export function getFrom(queue: Queue): { position: number; message: Message } | undefined {
  const message = new Message()
  const position = queue.get(message)
  return position < 0 ? undefined : { position, message }
}
