/** Messages with everything a message can have. */
import type { Properties } from '../../support/methods'
import { headerArguments } from './declaring'
import { type Draw, exchangeName, fieldValue, routingKey, step, type Verb } from './draw'

export const publish: Verb = draw => {
  const { random, id, topology } = draw
  const isDirect = random.chance(0.3)
  const repeat = random.pick([1, 1, 1, 1, 0, 3, 70_000])
  return step(
    draw,
    'basic.publish',
    {
      exchange: isDirect ? '' : exchangeName(draw),
      routingKey: isDirect ? random.pick(topology.queueNames) : routingKey(draw),
      mandatory: random.chance(0.3),
      immediate: random.chance(0.005),
    },
    { properties: properties(draw), body: `m${id}.`, repeat, copies: random.pick([1, 1, 1, 1, 2, 5]) },
  )
}

/** Left out most of the time, each of them. */
function properties(draw: Draw): Properties {
  const { random } = draw
  const maybe = <T>(often: number, name: string, among: readonly T[]) =>
    random.chance(often) ? { [name]: random.pick(among) } : {}
  return {
    ...maybe(0.5, 'deliveryMode', [1, 2]),
    ...maybe(0.2, 'priority', [0, 1, 2, 5, 200, 255]),
    ...maybe(0.15, 'expiration', ['0', '0', '100000000', '4294967295']),
    ...maybe(0.01, 'expiration', ['', '-1', 'soon', '1.5', ' 5', '5 ', '4294967296', '99999999999999999999']),
    ...maybe(0.1, 'messageId', ['id', '']),
    ...maybe(0.1, 'correlationId', ['correlation']),
    ...maybe(0.1, 'replyTo', ['q0', 'nobody']),
    ...maybe(0.02, 'replyTo', ['amq.rabbitmq.reply-to']),
    ...maybe(0.05, 'userId', ['guest', 'guest', 'guest', 'stranger']),
    ...maybe(0.1, 'timestamp', [0, 1_000_000_000]),
    ...maybe(0.1, 'type', ['type']),
    ...maybe(0.1, 'appId', ['app']),
    ...maybe(0.05, 'clusterId', ['cluster']),
    ...maybe(0.1, 'contentType', ['text/plain']),
    ...maybe(0.1, 'contentEncoding', ['gzip']),
    ...(random.chance(0.4) ? { headers: headers(draw) } : {}),
  }
}

function headers(draw: Draw): Record<string, unknown> {
  const { random } = draw
  return {
    ...headerArguments(draw),
    ...(random.chance(0.15) ? { CC: carbonCopies(draw) } : {}),
    ...(random.chance(0.15) ? { BCC: carbonCopies(draw) } : {}),
    ...(random.chance(0.1) ? { other: fieldValue(random) } : {}),
  }
}

function carbonCopies(draw: Draw): unknown {
  const { random } = draw
  if (random.chance(0.05)) return fieldValue(random)
  return Array.from({ length: random.between(0, 3) }, () => routingKey(draw))
}
