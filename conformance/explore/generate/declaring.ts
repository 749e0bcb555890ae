/** Exchanges, queues and bindings: made, made again, and deleted. */
import { bindingKey, exchangeName, fieldValue, queueName, someOf, step, type Verb } from './draw'
import { drawExchange, drawQueue } from './topology'

export const exchangeDeclare: Verb = draw => {
  const { random, topology } = draw
  const exchange = exchangeName(draw)
  const known = topology.exchanges[exchange] ?? { type: 'direct', durable: true }
  const other = random.chance(0.25) ? drawExchange(random, topology.exchangeNames) : {}
  const type = random.chance(0.01) ? random.pick(['nonsense', '', 'x-nonsense']) : (other.type ?? known.type)
  return step(draw, 'exchange.declare', {
    ...known,
    ...other,
    ...(type !== undefined && { type }),
    exchange,
    passive: random.chance(0.15),
    nowait: random.chance(0.05),
  })
}

export const exchangeDelete: Verb = draw =>
  step(draw, 'exchange.delete', {
    exchange: exchangeName(draw),
    ifUnused: draw.random.chance(0.5),
    nowait: draw.random.chance(0.05),
  })

/** Never from one exchange of the broker to another: such a binding would outlive the program. */
function exchangeBinding(method: 'exchange.bind' | 'exchange.unbind'): Verb {
  return draw => {
    const { random, topology } = draw
    const destination = random.pick(topology.exchangeNames)
    const source = exchangeName(draw)
    const isTurned = !source.startsWith('amq.') && random.chance(0.2)
    return step(draw, method, {
      ...(isTurned ? { source: destination, destination: source } : { source, destination }),
      routingKey: bindingKey(draw),
      nowait: random.chance(0.03),
      arguments: random.chance(0.3) ? headerArguments(draw) : {},
    })
  }
}

export const exchangeBind = exchangeBinding('exchange.bind')
export const exchangeUnbind = exchangeBinding('exchange.unbind')

export const queueDeclare: Verb = draw => {
  const { random, topology } = draw
  const queue = random.chance(0.15) ? '' : queueName(draw)
  const known = topology.queues[queue] ?? {}
  const other = random.chance(0.25) ? drawQueue(random, topology.exchangeNames, topology.queueNames) : {}
  return step(draw, 'queue.declare', {
    ...known,
    ...other,
    queue,
    passive: random.chance(0.15),
    nowait: random.chance(0.04),
  })
}

export const queueDelete: Verb = draw =>
  step(draw, 'queue.delete', {
    queue: queueName(draw),
    ifUnused: draw.random.chance(0.4),
    ifEmpty: draw.random.chance(0.4),
    nowait: draw.random.chance(0.05),
  })

export const queuePurge: Verb = draw =>
  step(draw, 'queue.purge', { queue: queueName(draw), nowait: draw.random.chance(0.05) })

export const queueBind: Verb = draw =>
  step(draw, 'queue.bind', {
    queue: queueName(draw),
    exchange: exchangeName(draw),
    routingKey: bindingKey(draw),
    nowait: draw.random.chance(0.05),
    arguments: headerArguments(draw),
  })

export const queueUnbind: Verb = draw =>
  step(draw, 'queue.unbind', {
    queue: queueName(draw),
    exchange: exchangeName(draw),
    routingKey: bindingKey(draw),
    arguments: headerArguments(draw),
  })

/** Some that are equal for one and not for another. */
const headerValues = [
  1,
  1,
  2,
  'text',
  '1',
  true,
  null,
  { '!': 'int64', value: 1 },
  { '!': 'double', value: 1 },
  { '!': 'timestamp', value: 1 },
  { '!': 'float', value: 1 },
  { '!': 'decimal', value: { digits: 1, places: 0 } },
  Buffer.from('text'),
  [1],
  { a: 1 },
]

/** For bindings and for messages: few names and values, so that some match. */
export function headerArguments(draw: Parameters<Verb>[0]): Record<string, unknown> {
  const { random } = draw
  if (random.chance(0.5)) return {}
  return {
    ...someOf(random, { 'x-match': ['all', 'any', 'all-with-x', 'any-with-x'] }, 0.7, 0.08),
    ...someOf(random, { h1: headerValues, h2: headerValues, 'x-h': headerValues }, 0.4, 0.1),
    ...(random.chance(0.05) ? { h3: fieldValue(random) } : {}),
  }
}
