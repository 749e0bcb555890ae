/** The exchanges every vhost is born with, besides the default one. All are durable; none can be deleted. */
export interface PredeclaredExchange {
  readonly name: string
  readonly type: string
  readonly internal: boolean
}

export const predeclaredExchanges: readonly PredeclaredExchange[] = [
  { name: 'amq.direct', type: 'direct', internal: false },
  { name: 'amq.fanout', type: 'fanout', internal: false },
  { name: 'amq.headers', type: 'headers', internal: false },
  { name: 'amq.match', type: 'headers', internal: false }, // the specification's name for amq.headers
  { name: 'amq.rabbitmq.trace', type: 'topic', internal: true }, // RabbitMQ's firehose
  { name: 'amq.topic', type: 'topic', internal: false },
]
