/** What strict mode minds of a publish. */

import { DeduplicatedExchange } from '../../exchanges/deduplicated'
import type { Message } from '../../message'
import type { Queue } from '../../queues/queue'
import { NOWHERE } from '../faults/return-faults'
import { channelOf, exchangeNamed, quoted, type Rule, type Speaker, type StrictEye } from './rule'

/** Lost: no queue takes it, no alternate exchange did. What a deduplicating exchange drops, or a fault of the test, is not lost. */
export function unroutableRule(eye: StrictEye): Rule {
  return {
    published(message, queues, by) {
      if (queues.length > 0 || queues === NOWHERE) return
      const { exchange, routingKey } = message
      if (by.vhost.exchange(exchange) instanceof DeduplicatedExchange) return
      const where = `${exchangeNamed(exchange)} with key ${quoted(routingKey)}`
      eye.note('unroutable', by, `published to ${where}: no queue took it`, {
        exchange,
        journey: eye.journeyOf(message),
      })
    },
  }
}

/** Whoever wants a message to last wants to know whether it does. */
export function unconfirmedRule(eye: StrictEye): Rule {
  return {
    published(message, _queues, by) {
      if (!message.persistent || by.connection === undefined) return
      const status = channelOf(by, by.channel)
      if (status === undefined || status.isConfirming || status.isTransactional) return
      notePublish(eye, 'unconfirmed', message, by, 'a persistent message without confirms')
    },
  }
}

export function transientRule(eye: StrictEye): Rule {
  return {
    published(message, queues, by) {
      if (message.persistent) return
      const durable = queues.find(isDurable)
      if (durable === undefined) return
      const what = `a message that is not persistent, which durable queue ${quoted(durable.name)} loses at a restart`
      notePublish(eye, 'transient', message, by, what, durable.name)
    },
  }
}

function notePublish(
  eye: StrictEye,
  rule: 'unconfirmed' | 'transient',
  message: Message,
  by: Speaker,
  what: string,
  queue?: string,
): void {
  const { exchange } = message
  const text = `published ${what}, to ${exchangeNamed(exchange)}`
  eye.note(rule, by, text, { exchange, queue, journey: eye.journeyOf(message) })
}

function isDurable({ definition }: Queue): boolean {
  return definition.durable
}
