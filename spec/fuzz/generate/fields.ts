/** Fields of AMQP as bytes, by their domains: mostly what a client would send, sometimes what none would. */
import type { Random } from '../../crash/random'

export function octets(value: number, count: number): Buffer {
  const bytes = Buffer.alloc(count)
  for (let at = count - 1, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256
  return bytes
}

export function shortString(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text as string).subarray(0, 255)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

export function longString(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text as string)
  return Buffer.concat([octets(bytes.length, 4), bytes])
}

const WIDTHS: Readonly<Record<string, number>> = {
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  f: 4,
  D: 5,
  l: 8,
  L: 8,
  T: 8,
  d: 8,
  V: 0,
}
const LIMITS = [0, 1, 2, 10, 127, 255, 256, 65535, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]

export function number(random: Random, bytes: number): Buffer {
  if (random.chance(0.3)) return random.bytes(bytes)
  const value = random.pick(LIMITS)
  return octets(random.chance(0.15) ? 2 ** (8 * Math.min(bytes, 6)) - 1 - value : value, bytes)
}

/** Keys and values that mean something to the broker, and those that mean something to JavaScript. */
const KEYS = [
  ...['x-message-ttl', 'x-expires', 'x-max-length', 'x-max-length-bytes', 'x-overflow', 'x-max-priority'],
  ...['x-dead-letter-exchange', 'x-dead-letter-routing-key', 'x-single-active-consumer', 'x-queue-type'],
  ...[
    'x-delivery-limit',
    'x-priority',
    'x-match',
    'x-delay',
    'x-delayed-type',
    'alternate-exchange',
    'CC',
    'BCC',
  ],
  ...[
    'x-death',
    'x-deduplication-header',
    'x-cache-size',
    'hash-header',
    'x-stream-offset',
    'x-consumer-timeout',
  ],
  ...[
    'x-queue-mode',
    'x-dead-letter-strategy',
    'x-recent-history-length',
    'x-cancel-on-ha-failover',
    'capabilities',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    'k',
    'k'.repeat(255),
    Buffer.alloc(255, 0xff),
  ],
]
const TEXTS = [
  ...[
    '',
    'all',
    'any',
    'all-with-x',
    'any-with-x',
    'drop-head',
    'reject-publish',
    'reject-publish-dlx',
    'topic',
  ],
  ...[
    'direct',
    'fanout',
    'headers',
    'classic',
    'quorum',
    'stream',
    'lazy',
    'at-least-once',
    'q1',
    'x1',
    'a.b',
    '#',
  ],
  ...['1000', '-1', '1D', 'é', '\0', '\ufeff', 'a'.repeat(300), 'é'.repeat(128)],
]

export function table(random: Random, depth = 0): Buffer {
  const fields: Buffer[] = []
  for (let count = random.between(0, depth === 0 ? 4 : 2); count > 0; count--) {
    fields.push(shortString(random.pick(KEYS)), value(random, depth))
  }
  return longString(Buffer.concat(fields))
}

function value(random: Random, depth: number): Buffer {
  const type = random.pick([...'SSSxtbBsuIiilLTfdDVFA'])
  return Buffer.concat([Buffer.from(type), fieldOf(random, type, depth)])
}

function fieldOf(random: Random, type: string, depth: number): Buffer {
  if (type === 'S' || type === 'x') {
    return longString(random.chance(0.2) ? random.bytes(random.between(0, 20)) : random.pick(TEXTS))
  }
  if (type === 'F') return depth < 4 ? table(random, depth + 1) : octets(0, 4)
  if (type === 'A') {
    const items = Array.from({ length: depth < 4 ? random.between(0, 3) : 0 }, () => value(random, depth + 1))
    return longString(Buffer.concat(items))
  }
  return number(random, WIDTHS[type] as number)
}

/** Far deeper than anyone's stack would like. */
export function nestedTable(levels: number): Buffer {
  let inner: Buffer = octets(0, 4)
  for (let level = 0; level < levels; level++)
    inner = longString(Buffer.concat([Buffer.from('\x01kF'), inner]))
  return inner
}

const PROPERTIES = [
  'shortstr',
  'shortstr',
  'table',
  'octet',
  'octet',
  'shortstr',
  'shortstr',
  'shortstr',
  'shortstr',
  'longlong',
  'shortstr',
  'shortstr',
  'shortstr',
  'shortstr',
]
const PROPERTY_TEXTS = [
  'text/plain',
  '',
  '0',
  '1',
  '100',
  '60000',
  'amq.rabbitmq.reply-to',
  'guest',
  'q1',
  '1e3',
  ' 5',
  '-1',
  '99999999999',
]

/** The flag word and what it announces. */
export function properties(random: Random): Buffer {
  let flags = 0
  const fields: Buffer[] = []
  for (const [index, domain] of PROPERTIES.entries()) {
    if (!random.chance(0.2)) continue
    flags |= 0x8000 >> index
    if (domain === 'table') fields.push(table(random))
    else if (domain === 'shortstr') fields.push(shortString(random.pick(PROPERTY_TEXTS)))
    else fields.push(number(random, domain === 'octet' ? 1 : 8))
  }
  return Buffer.concat([octets(flags, 2), ...fields])
}
