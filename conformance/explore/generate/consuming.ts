/** Messages taken, and given back.  */
import { chosenBefore, type Draw, queueName, someOf, step, type Verb } from './draw'

export const get: Verb = draw =>
  step(draw, 'basic.get', { queue: queueName(draw), noAck: draw.random.chance(0.3) })

export const consume: Verb = draw => {
  const { random } = draw
  const isForReplies = random.chance(0.04)
  return step(draw, 'basic.consume', {
    queue: isForReplies ? 'amq.rabbitmq.reply-to' : queueName(draw),
    consumerTag: random.chance(0.2) ? '' : random.pick(['t0', 't1', 't2']),
    noAck: random.chance(isForReplies ? 0.9 : 0.3),
    noLocal: random.chance(0.05),
    exclusive: random.chance(0.08),
    nowait: random.chance(0.04),
    arguments: someOf(
      random,
      { 'x-priority': [-5, 0, 1, 10], 'x-cancel-on-ha-failover': [true, false], other: [1] },
      0.12,
      0.15,
    ),
  })
}

export const cancel: Verb = draw => {
  const { random, id } = draw
  return step(draw, 'basic.cancel', {
    consumerTag: random.chance(0.2) ? chosenBefore(random, id) : random.pick(['t0', 't1', 't2', 'nobody']),
    nowait: random.chance(0.1),
  })
}

/** Most are known, and are told by what is not settled yet; see Side. */
function deliveryTag({ random, id }: Draw): number {
  const odd = random.next()
  if (odd < 0.85) return -random.between(1, 4)
  return odd < 0.89 ? random.pick([0, 1000]) : random.between(1, Math.max(1, Math.ceil(id / 8)))
}

export const ack: Verb = draw =>
  step(draw, 'basic.ack', { deliveryTag: deliveryTag(draw), multiple: draw.random.chance(0.3) })

export const ackAll: Verb = draw => step(draw, 'basic.ack', { deliveryTag: 0, multiple: true })

export const nack: Verb = draw =>
  step(draw, 'basic.nack', {
    deliveryTag: draw.random.chance(0.2) ? 0 : deliveryTag(draw),
    multiple: draw.random.chance(0.4),
    requeue: draw.random.chance(0.5),
  })

export const reject: Verb = draw =>
  step(draw, 'basic.reject', { deliveryTag: deliveryTag(draw), requeue: draw.random.chance(0.5) })

export const recover: Verb = draw =>
  step(draw, draw.random.pick(['basic.recover', 'basic.recover', 'basic.recover-async'] as const), {
    requeue: draw.random.chance(0.9),
  })

export const qos: Verb = draw =>
  step(draw, 'basic.qos', {
    prefetchSize: draw.random.chance(0.02) ? 1 : 0,
    prefetchCount: draw.random.pick([0, 1, 1, 2, 3, 65_535]),
    global: draw.random.chance(0.25),
  })
