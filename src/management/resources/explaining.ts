/** Leveret's own: where a message would go and why, and a virtual host as a graph. */
import { Type } from '@sinclair/typebox'
import { type Explanation, explain } from '../../broker/explain'
import { topologyOf } from '../../broker/topology'
import type { Vhost } from '../../broker/vhost'
import { type Endpoint, endpoint } from '../api'
import { amqpTable } from '../bodies'
import type { Management } from '../management'
import { exchangeNamed, inVhost, ofExchange } from '../parameters'
import { bindingView } from '../views/binding'
import { propertiesFrom } from '../views/message'
import { busyness, topologyView } from '../views/topology'
import { permittedVhost } from '../visible'
import { exchangeAt } from './exchanges'

const question = Type.Object({
  routing_key: Type.Optional(Type.String()),
  headers: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

const around = Type.Object({
  exchange: Type.Optional(Type.String({ description: 'Only what is around this exchange.' })),
  queue: Type.Optional(Type.String({ description: 'Only what is around this queue.' })),
})

export function explainingEndpoints(management: Management): Endpoint[] {
  const { broker, statistics } = management
  return [
    endpoint({
      method: 'POST',
      path: '/exchanges/:vhost/:exchange/explain',
      who: 'management',
      tag: 'Exchanges',
      summary: 'Which bindings would take a message along, and why not the others',
      forms: { params: ofExchange, body: question },
      handle: ({ user, params, body }) => {
        const { vhost, exchange } = exchangeAt(management, user, params)
        const { routing_key: routingKey = '', headers, properties = {} } = body
        const asked = {
          routingKey,
          properties: propertiesFrom(properties),
          ...(headers === undefined ? {} : { headers: amqpTable(headers) }),
        }
        return explanationView(vhost, explain(vhost, exchange.name, asked))
      },
    }),
    endpoint({
      method: 'GET',
      path: '/topology/:vhost',
      who: 'management',
      tag: 'Virtual hosts',
      summary: 'Exchanges, queues and bindings as a graph with rates: the busiest, or those around one',
      forms: { params: inVhost, query: around },
      handle: ({ user, params, query }) => {
        const vhost = permittedVhost(broker, user, params.vhost)
        const topology = topologyOf(vhost, {
          rateOf: node => busyness(node, statistics),
          around: centreOf(query),
        })
        return topologyView(vhost, topology, statistics)
      },
    }),
  ]
}

function centreOf({ exchange, queue }: { readonly exchange?: string; readonly queue?: string }) {
  if (exchange !== undefined) return { kind: 'exchange', name: exchangeNamed(exchange) } as const
  return queue === undefined ? undefined : ({ kind: 'queue', name: queue } as const)
}

function explanationView(vhost: Vhost, explanation: Explanation): object {
  const { queues, unroutable, alternateExchange, bindings, notes, isByChance, isTruncated } = explanation
  return {
    queues,
    unroutable,
    ...(alternateExchange === undefined ? {} : { alternate_exchange: alternateExchange }),
    bindings: bindings.map(({ binding, matched, why, reached }) => ({
      ...bindingView(vhost.name, binding),
      matched,
      why,
      reached,
    })),
    notes,
    by_chance: isByChance,
    truncated: isTruncated,
  }
}
