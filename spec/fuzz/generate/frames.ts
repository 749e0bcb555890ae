/** Frames of a client that knows AMQP: methods with fitting fields, contents in their order, on a few channels. */
import { type ProtocolMethod, protocolMethods } from '../../../src/amqp/protocol'
import type { Random } from '../../crash/random'
import * as fields from './fields'

export const CHANNELS = [1, 2, 3]
const QUEUES = ['q1', 'q2', 'kept', 'shared', '', 'amq.gen-x', 'amq.rabbitmq.reply-to', 'é', 'q'.repeat(255)]
const EXCHANGES = [
  '',
  'x1',
  'x2',
  'amq.direct',
  'amq.topic',
  'amq.fanout',
  'amq.headers',
  'amq.match',
  'amq.rabbitmq.trace',
  'amq.rabbitmq.event',
  'x'.repeat(255),
]
const TYPES = [
  'direct',
  'fanout',
  'topic',
  'headers',
  'x-delayed-message',
  'x-consistent-hash',
  'x-random',
  'x-recent-history',
  'x-modulus-hash',
  'x-message-deduplication',
  'x-unknown',
  '',
]
const KEYS = [
  'q1',
  'q2',
  'kept',
  'a.b.c',
  '#',
  '*.b',
  'a.#',
  '',
  '1',
  '10',
  '#.#.#.#',
  'amq.rabbitmq.reply-to.x',
]
const TAGS = ['', 'tag', 'tag2', 'amq.ctag-x']

const METHODS = protocolMethods().filter(method => method.fromClient)
const OFTEN = METHODS.filter(({ className }) => className === 'basic' || className === 'queue')
const OF_CONNECTION = METHODS.filter(({ className }) => className === 'connection')

export function frame(type: number, channel: number, payload: Buffer): Buffer {
  return Buffer.concat([
    Buffer.of(type),
    fields.octets(channel, 2),
    fields.longString(payload),
    Buffer.of(0xce),
  ])
}

/** What somebody says who may: several methods, one channel or all. */
export function session(random: Random): Buffer[] {
  const frames: Buffer[] = []
  for (let count = random.magnitude(1, 30); count > 0; count--) {
    const channel = random.chance(0.95) ? random.pick(CHANNELS) : random.pick([0, 4, 2047, 2048, 65535])
    if (random.chance(0.35)) frames.push(...message(random, channel))
    else if (random.chance(0.03)) frames.push(frame(8, 0, Buffer.alloc(0)))
    else frames.push(frame(1, channel, method(random, methodFor(random))))
  }
  return frames
}

function methodFor(random: Random): ProtocolMethod {
  if (random.chance(0.02)) return random.pick(OF_CONNECTION)
  const method = random.pick(random.chance(0.7) ? OFTEN : METHODS)
  return method.className === 'connection' || method.name === 'publish' ? random.pick(OFTEN) : method
}

/** Its payload. */
export function method(random: Random, { id, fields: all, className }: ProtocolMethod): Buffer {
  const parts: Buffer[] = [fields.octets(id, 4)]
  let bits = 0
  let used = 0
  const flush = (): void => {
    if (used > 0) parts.push(Buffer.of(bits))
    bits = 0
    used = 0
  }
  for (const { name, domain } of all) {
    if (domain === 'bit') {
      if (used === 8) flush()
      // Who waits for no answer is heard of less.
      if (random.chance(name === 'no-wait' || name === 'passive' ? 0.15 : 0.4)) bits |= 1 << used
      used++
      continue
    }
    flush()
    parts.push(field(random, name, domain, className))
  }
  flush()
  return Buffer.concat(parts)
}

function field(random: Random, name: string, domain: string, className: string): Buffer {
  switch (domain) {
    case 'shortstr':
      return fields.shortString(random.pick(wordsFor(name, className)))
    case 'longstr':
      return fields.longString(random.bytes(random.between(0, 20)))
    case 'table':
      return random.chance(0.5) ? fields.octets(0, 4) : fields.table(random)
    case 'longlong':
      return random.chance(0.9) ? fields.octets(random.between(0, 12), 8) : fields.number(random, 8)
    case 'octet':
      return fields.number(random, 1)
    case 'short':
      return name.startsWith('reserved') ? fields.octets(0, 2) : fields.number(random, 2)
    default:
      return random.chance(0.6) ? fields.octets(0, 4) : fields.number(random, 4)
  }
}

function wordsFor(name: string, className: string): readonly string[] {
  if (name === 'queue') return QUEUES
  if (name === 'exchange' || name === 'source') return EXCHANGES
  if (name === 'destination') return className === 'exchange' ? EXCHANGES : QUEUES
  if (name === 'type') return TYPES
  if (name === 'consumer-tag') return TAGS
  return name.startsWith('reserved') ? [''] : KEYS
}

const PUBLISH = METHODS.find(({ name }) => name === 'publish') as ProtocolMethod

/** Publish, header and bodies that add up. */
export function message(random: Random, channel: number): Buffer[] {
  const body = Buffer.alloc(random.pick([0, 1, 5, 5, 5, 300, 5000]), 'b')
  const cut = random.chance(0.3) ? random.between(0, body.length) : 0
  const header = Buffer.concat([
    fields.octets(60, 2),
    fields.octets(0, 2),
    fields.octets(body.length, 8),
    fields.properties(random),
  ])
  const bodies = [body.subarray(0, cut), body.subarray(cut)].filter(part => part.length > 0)
  return [
    frame(1, channel, method(random, PUBLISH)),
    frame(2, channel, header),
    ...bodies.map(part => frame(3, channel, part)),
  ]
}

/** What comes before a session: the four things that a client says to be let in, each with other words. */
export function greeting(random: Random): Buffer[] {
  const say = (id: number, ...parts: Buffer[]): Buffer =>
    frame(1, random.chance(0.97) ? 0 : 1, Buffer.concat([fields.octets(id, 4), ...parts]))
  const mechanism = random.pick(['PLAIN', 'PLAIN', 'AMQPLAIN', 'ANONYMOUS', 'EXTERNAL', 'plain', ''])
  const amqplain = fields.longString(
    Buffer.concat([
      fields.shortString('LOGIN'),
      Buffer.from('S'),
      fields.longString('guest'),
      fields.shortString('PASSWORD'),
      Buffer.from('S'),
      fields.longString('guest'),
    ]),
  )
  const response =
    mechanism === 'AMQPLAIN' ? amqplain.subarray(4) : Buffer.from(random.pick(RESPONSES), 'latin1')
  return [
    Buffer.from(
      random.pick(['AMQP\0\0\x09\x01', 'AMQP\0\0\x09\x01', 'AMQP\x01\x01\0\x09', 'AMQP\0\x01\0\0']),
      'latin1',
    ),
    say(
      0x000a000b,
      fields.table(random),
      fields.shortString(mechanism),
      fields.longString(response),
      fields.shortString('en_US'),
    ),
    say(0x000a001f, fields.number(random, 2), fields.number(random, 4), fields.number(random, 2)),
    say(
      0x000a0028,
      fields.shortString(random.pick(['/', '/', 'v', '', '%2F'])),
      fields.shortString(''),
      Buffer.of(0),
    ),
    ...(random.chance(0.3) ? session(random) : []),
  ]
}

const RESPONSES = [
  '\0guest\0guest',
  '\0guest\0guest',
  '\0guest\0wrong',
  'guest\0guest\0guest',
  '\0\0',
  '',
  '\0guest',
  '\0\xff\xfe\0\xff',
]

/** Beginnings of methods and tables, for mutation. */
export const AMQP_WORDS: readonly Buffer[] = [
  ...METHODS.map(({ id }) => fields.octets(id, 4)),
  ...[
    '\x01kF\0\0\0\x05',
    '\x01kA\0\0\0\x01V',
    '\x02CCA\0\0\0\x07S\0\0\0\x02q1',
    '\x09__proto__S\0\0\0\x01v',
  ].map(text => Buffer.from(text, 'latin1')),
  frame(8, 0, Buffer.alloc(0)),
  fields.nestedTable(63),
  fields.nestedTable(70),
  Buffer.of(0xce),
]
