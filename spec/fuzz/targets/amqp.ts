/**
 * AMQP from the first byte on, and from an open channel on: a whole broker in this process whose turns and clock only go on
 * when they are told. After each input its sender is gone, and so must be all that it held.
 */
import { encodeMethod } from '../../../conformance/support/codec'
import { unbind } from '../../../src/broker/declarations/bindings'
import { openEventExchange } from '../../../src/broker/events/event-exchange'
import { removeWhatIsNobodys, type Standing, standingOf } from '../../hostile/standing'
import { type InProcessBroker, inProcessBroker } from '../../support/in-process'
import { handshake, type InProcessClient, protocolHeader } from '../../support/in-process-clients'
import { AMQP_WORDS, CHANNELS, greeting, session } from '../generate/frames'
import type { Input, Target, World } from '../target'
import { publishOne } from './bystanding'

/** No frame begins so: the sender stops reading, reads again, time passes. */
const ASIDES = { pause: 0xf0, resume: 0xf1, wait: 0xf2 } as const
const WAITS_MS = [1, 1000, 60_000, 3_600_000]

/** A session with some of everything open. */
export const PRELUDE = Buffer.concat([
  handshake(),
  ...CHANNELS.map(channel => encodeMethod(channel, 'channel.open', {})),
  encodeMethod(1, 'exchange.declare', { exchange: 'x1', type: 'topic' }),
  encodeMethod(1, 'exchange.declare', {
    exchange: 'x2',
    type: 'headers',
    arguments: { 'alternate-exchange': 'x1' },
  }),
  encodeMethod(1, 'queue.declare', {
    queue: 'q1',
    arguments: { 'x-max-length': 3, 'x-dead-letter-exchange': 'x1' },
  }),
  encodeMethod(1, 'queue.declare', { queue: 'q2', exclusive: true, arguments: { 'x-max-priority': 5 } }),
  encodeMethod(1, 'queue.declare', { queue: 'kept', durable: true, arguments: { 'x-message-ttl': 60_000 } }),
  encodeMethod(1, 'queue.bind', { queue: 'q1', exchange: 'x1', routingKey: 'a.#' }),
  encodeMethod(1, 'queue.bind', { queue: 'q2', exchange: 'x1', routingKey: '#' }),
  encodeMethod(1, 'basic.consume', { queue: 'q1', consumerTag: 'tag' }),
  encodeMethod(2, 'confirm.select', {}),
  encodeMethod(2, 'basic.consume', { queue: 'q2', consumerTag: 'tag' }),
  encodeMethod(3, 'tx.select', {}),
])

export const amqpGreeting: Target = {
  name: 'amqp-greeting',
  briefly: 300,
  dictionary: AMQP_WORDS,
  inputsPerWorld: 500,
  generate: greeting,
  open: async () => new AmqpWorld([]),
}

export const amqpSession: Target = {
  name: 'amqp-session',
  briefly: 300,
  dictionary: AMQP_WORDS,
  inputsPerWorld: 500,
  generate: random =>
    session(random).flatMap(frame => (random.chance(0.04) ? [aside(random.between(0, 8)), frame] : [frame])),
  open: async () => new AmqpWorld([PRELUDE]),
}

function aside(number: number): Buffer {
  if (number < 2) return Buffer.of(ASIDES.pause)
  return number < 4 ? Buffer.of(ASIDES.resume) : Buffer.of(ASIDES.wait, number % WAITS_MS.length)
}

class AmqpWorld implements World {
  private readonly broker: InProcessBroker = inProcessBroker()
  private readonly bystander: InProcessClient
  private readonly before: Standing

  constructor(private readonly prelude: readonly Buffer[]) {
    const { broker, vhost } = this.broker
    openEventExchange(broker, vhost)
    broker.trace(vhost.name, true)
    this.bystander = this.broker.connect().open().openChannel()
    this.bystander.send('queue.declare', { queue: 'queue of the bystander', exclusive: true }, 1)
    this.bystander.take('queue.declare-ok', 1)
    this.before = standingOf(this.broker)
  }

  feed(input: Input): void {
    const { broker } = this
    const client = broker.connectBare()
    for (const piece of [...this.prelude, ...input]) {
      if (piece[0] === ASIDES.pause) client.transport.pause()
      else if (piece[0] === ASIDES.resume) client.transport.resume()
      else if (piece[0] === ASIDES.wait) broker.clock.advance(WAITS_MS[piece[1] ?? 0] ?? 1)
      else client.say(piece)
      broker.settle()
    }
    this.expectCounts()
    requireFrames(client.received)
    // Who was told to close and does not answer is dropped in time.
    broker.clock.advance(31_000)
    broker.settle()
    client.reset()
    this.expectNothingLeft()
    publishOne(this.bystander)
  }

  close(): void {
    this.bystander.reset()
  }

  private expectNothingLeft(): void {
    const { broker, before } = this
    for (const { name, counters, consumers } of broker.vhost.queues.values()) {
      if (counters.unacked !== 0 || consumers.count !== 0)
        throw new Error(`${name} has ${counters.unacked} unacked and ${consumers.count} consumers of nobody`)
    }
    this.expectCounts()
    unbindExchanges(broker)
    removeWhatIsNobodys(broker, before)
    broker.settle()
    const after = standingOf(broker)
    if (JSON.stringify(after) !== JSON.stringify(before))
      throw new Error(`left behind: ${JSON.stringify(after)}, there was ${JSON.stringify(before)}`)
    const defects = broker.log.at('error')
    if (defects.length > 0) throw new Error(defects[0])
    if (broker.broker.alarms.isRaised) throw new Error('an alarm was raised')
  }

  private expectCounts(): void {
    for (const {
      name,
      counters,
      messageCount,
      messageBytes,
      delayedCount,
    } of this.broker.vhost.queues.values()) {
      const all = { ...counters, messageCount, messageBytes, delayedCount }
      for (const [what, count] of Object.entries(all))
        if (!Number.isSafeInteger(count) || count < 0) throw new Error(`${what} of ${name} is ${count}`)
    }
  }
}

/** Those that are always there may have been bound to each other, which is nobody's either. */
function unbindExchanges({ vhost }: InProcessBroker): void {
  for (const exchange of vhost.exchanges.values()) {
    for (const { destination, routingKey, arguments: args } of [...exchange.bindings()]) {
      if (destination.kind === 'exchange') unbind(vhost, exchange, destination, routingKey, args)
    }
  }
}

/** Whatever it hears, the broker answers in whole frames, or with a protocol header. */
function requireFrames(bytes: Buffer): void {
  let at = 0
  while (at < bytes.length && !bytes.subarray(at).equals(protocolHeader)) {
    const end = at + 7 + bytes.readUInt32BE(at + 3)
    if (bytes[end] !== 0xce) throw new Error(`no frame ends at ${end} of what was answered`)
    at = end + 1
  }
}
