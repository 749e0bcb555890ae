/** What strict mode minds of acknowledgements: those that come twice or to the wrong channel, and those that never come. */
import { type ChannelClose, type ConnectionClose, MethodId } from '../../amqp/methods'
import type { TappedConnection } from '../../broker/events/message-tap'
import type { Journey } from '../seeing/journey'
import { DeliveryLedger, type PastDelivery } from './delivery-ledger'
import { channelOf, type Place, quoted, type Rule, type StrictEye } from './rule'

const UNKNOWN_TAG = /unknown delivery tag (\d+)$/

const SETTLED_BY: ReadonlyMap<number, string> = new Map([
  [MethodId.basicAck, 'basic.ack'],
  [MethodId.basicNack, 'basic.nack'],
  [MethodId.basicReject, 'basic.reject'],
])

/** The delivery tag that the client settled and could not; undefined: the mistake is another. */
export function unknownTagIn(close: ChannelClose | ConnectionClose): number | undefined {
  if (!SETTLED_BY.has((close.classId << 16) | close.methodId)) return undefined
  const tag = UNKNOWN_TAG.exec(close.replyText)?.[1]
  return tag === undefined ? undefined : Number(tag)
}

export function acknowledgementRule(eye: StrictEye): Rule {
  const ledgers = new WeakMap<TappedConnection, Map<number, DeliveryLedger>>()
  const ledgersOf = (session: TappedConnection): Map<number, DeliveryLedger> => {
    const found = ledgers.get(session) ?? new Map<number, DeliveryLedger>()
    ledgers.set(session, found)
    return found
  }
  return {
    delivered({ queue, position, reader }, { session, channel, vhost }) {
      const own = ledgersOf(session)
      const ledger = own.get(channel) ?? new DeliveryLedger()
      own.set(channel, ledger)
      const journey = eye.journeyIn(vhost.queues.get(queue), position)
      const kept = journey === undefined ? undefined : new WeakRef(journey)
      ledger.add({ queue, consumerTag: reader.tag, noAck: reader.noAck, journey: kept })
    },
    happened(event, by) {
      if (event.kind === 'channel.created' && by !== undefined)
        ledgers.get(by.session)?.delete(event.channel.number)
    },
    refused(close, by) {
      const tag = unknownTagIn(close)
      if (tag === undefined) return
      const ledger = ledgersOf(by.session).get(by.channel)
      const past = ledger?.at(tag)
      const method = SETTLED_BY.get((close.classId << 16) | close.methodId)
      const why = whyUnknown(past, ledger?.has(tag) ?? false)
      eye.note('acknowledgements', by, `sent ${method} for delivery tag ${tag}, ${why}`, placeOf(past))
    },
  }
}

function whyUnknown(past: PastDelivery | undefined, wasDelivered: boolean): string {
  if (!wasDelivered) return 'which was never delivered on this channel'
  if (past === undefined) return 'which was settled before'
  const from = `of queue ${quoted(past.queue)}`
  return past.noAck ? `${from}, which wanted no acknowledgement` : `${from}, which was settled before`
}

function placeOf(past: PastDelivery | undefined): Place {
  return { queue: past?.queue, consumerTag: past?.consumerTag, journey: past?.journey?.deref() }
}

/** Not when the broker ends it, nor for an error: what is out comes again then, through no fault of the consumer's. */
export function unackedRule(eye: StrictEye): Rule {
  return {
    happened(event, by) {
      if (event.kind !== 'channel.closed' || by?.isLeaving !== true) return
      const { number } = event.channel
      const left = new Map<string, { count: number; tag: string | undefined; journey: Journey | undefined }>()
      for (const { queue, position, consumerTag } of channelOf(by, number)?.unacked() ?? []) {
        const found = left.get(queue.name)
        if (found !== undefined) found.count++
        else left.set(queue.name, { count: 1, tag: consumerTag, journey: eye.journeyIn(queue, position) })
      }
      for (const [queue, { count, tag, journey }] of left) {
        const what = count === 1 ? '1 delivery' : `${count} deliveries`
        const text = `ended with ${what} of queue ${quoted(queue)} not acknowledged`
        eye.note('unacked', { ...by, channel: number }, text, { queue, consumerTag: tag, journey })
      }
    },
  }
}
