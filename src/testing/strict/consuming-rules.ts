/** What strict mode minds of those who consume. */
import { channelOf, quoted, type Rule, type StrictEye } from './rule'

/** One consumer gets all that waits, and the others nothing, however slow it is. */
export function prefetchRule(eye: StrictEye): Rule {
  return {
    happened(event, by) {
      if (event.kind !== 'consumer.created' || by === undefined) return
      const { queue, tag: consumerTag } = event
      if (event.noAck || event.prefetchCount !== 0) return
      if ((channelOf(by, by.channel)?.globalPrefetchCount ?? 0) !== 0) return
      const text = `consumed queue ${quoted(queue)} without a prefetch limit`
      eye.note('prefetch', by, text, { queue, consumerTag })
    },
  }
}

export function autoAckRule(eye: StrictEye): Rule {
  return {
    happened(event, by) {
      if (event.kind !== 'consumer.created' || by === undefined || !event.noAck) return
      const { queue, tag: consumerTag } = event
      const text = `consumed queue ${quoted(queue)} without acknowledgements`
      eye.note('autoAck', by, text, { queue, consumerTag })
    },
    delivered({ queue, position, reader }, to) {
      if (reader.tag !== undefined || !reader.noAck) return
      const journey = eye.journeyIn(to.vhost.queues.get(queue), position)
      const text = `got a message of queue ${quoted(queue)} without acknowledgement`
      eye.note('autoAck', to, text, { queue, journey })
    },
  }
}
