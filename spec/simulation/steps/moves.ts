/**
 * Messages that an operator moves from one queue to others, some at a time and between everything else. Each is taken out
 * and given to all the queues it is for in one call: what came to some of them did not stay, and what stayed came to none.
 */
import { AmqpError } from '../../../src/amqp/errors'
import { moveMessages, purgeMessages, redriveMessages } from '../../../src/broker/move'
import type { Transfer } from '../../../src/broker/transfer'
import type { BrokerModel } from '../model/broker-model'
import type { EntryModel, QueueModel } from '../model/queue-model'
import { withoutDelay } from '../model/topology-model'
import type { Told } from '../plan/told'
import type { World } from '../world/world'

export type MoveTarget = 'queue' | 'exchange' | 'back' | 'nowhere'

type Move = Pick<Told, 'queue' | 'target' | 'destination' | 'exchange' | 'count'>

/** Whoever asks: no connection of a client's. */
const OPERATOR = {}

/** Begins to move what waits in a queue, unless somebody does already: in the one named, or else in one that holds some. */
export function beginMove(world: World, wanted: Move, pick: number): void {
  const { vhost, model, findings } = world
  const able = [...model.queues.values()].filter(each => each.firstReady !== undefined && !each.isDelaying)
  const source = able.find(({ name }) => name === wanted.queue) ?? able[pick % able.length]
  if (source === undefined || model.moves.has(source)) return
  const move = { ...wanted, queue: source.name }
  try {
    const transfer = transferOf(world, move)
    model.moves.set(source, (entry, exclude) => targetsOf(model, move, entry, exclude))
    transfer.done.then(
      ({ moved, left }) => {
        model.moves.delete(source)
        findings.saw('moved', moved)
        findings.saw('moved not', left)
      },
      error => findings.wrong(`a move failed: ${String(error)}`),
    )
  } catch (error) {
    if (!(error instanceof AmqpError)) throw error
    findings.saw(`move refused in vhost ${vhost.name}`)
  }
}

function transferOf({ vhost }: World, { queue, target, destination, exchange, count }: Move): Transfer {
  switch (target) {
    case 'queue':
      return moveMessages(vhost, queue, { destination: { queue: destination }, count }, OPERATOR)
    case 'exchange':
      return moveMessages(vhost, queue, { destination: { exchange }, count }, OPERATOR)
    case 'back':
      return redriveMessages(vhost, queue, { count }, OPERATOR)
    case 'nowhere':
      return purgeMessages(vhost, queue, { count }, OPERATOR)
  }
}

/** Where an entry must come to. `isAny`: to these or some of them, as chance has it. */
export interface Targets {
  readonly due: Set<QueueModel>
  readonly isAny: boolean
  /** It is published anew, without the keys that nobody may see. */
  readonly isUnblinded: boolean
}

export type Mover = (entry: EntryModel, source: QueueModel) => Targets

function targetsOf(model: BrokerModel, move: Move, entry: EntryModel, source: QueueModel): Targets {
  const named = (names: Iterable<string>): Set<QueueModel> =>
    new Set([...names].flatMap(name => model.queues.get(name) ?? []))
  switch (move.target) {
    case 'queue':
      return { due: named([move.destination]), isAny: false, isUnblinded: false }
    case 'exchange': {
      const headers = model.headersOf(entry.id)
      const keys = [entry.routingKey, ...entry.carbonCopies]
      const { queues, isOneOf } = model.topology.ways(
        move.exchange,
        keys,
        entry.isReleased ? withoutDelay(headers) : headers,
        model.duplicates.foreseen(entry.id),
      )
      return { due: named(queues), isAny: isOneOf, isUnblinded: true }
    }
    case 'back':
      return back(model, entry, source)
    case 'nowhere':
      return { due: new Set(), isAny: false, isUnblinded: false }
  }
}

/** To the queue it died in first; when that is gone anywhere, as the exchange has it. */
function back(model: BrokerModel, { firstDeath }: EntryModel, source: QueueModel): Targets {
  const first = firstDeath === undefined ? undefined : model.queues.get(firstDeath)
  if (first !== undefined)
    return { due: new Set(first === source ? [] : [first]), isAny: false, isUnblinded: false }
  const all = firstDeath === undefined ? [] : [...model.queues.values()].filter(each => each !== source)
  return { due: new Set(all), isAny: true, isUnblinded: true }
}
