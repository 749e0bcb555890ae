/** Properties and headers reach the consumer byte for byte, whatever they hold. */
import fc from 'fast-check'
import { useBroker } from '../support/broker'
import { encodeHeader } from '../support/codec'
import type { Properties } from '../support/methods'

const broker = useBroker()

/** Flags and values, as in a header frame. */
const bytesOf = (properties: Properties) => encodeHeader(1, 0, properties).subarray(19, -1)

const typed = (type: string, value: unknown) => ({ '!': type, value })

const every: Required<Omit<Properties, 'userId' | 'expiration' | 'replyTo'>> = {
  contentType: 'application/json',
  contentEncoding: 'gzip',
  headers: { a: 1 },
  deliveryMode: 2,
  priority: 9,
  correlationId: 'correlation',
  messageId: 'message',
  timestamp: 1_700_000_000,
  type: 'type',
  appId: 'app',
  clusterId: 'cluster',
}

describe('properties come back byte for byte', () => {
  async function expectUnchanged(sent: Buffer): Promise<void> {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'body', sent)
    const got = await channel.get(queue)
    expect(got?.propertyBytes).toEqual(sent)
  }

  it('none', () => expectUnchanged(bytesOf({})))

  it.each(Object.entries(every))('%s alone', async (name, value) => {
    await expectUnchanged(bytesOf({ [name]: value }))
  })

  it.each([
    ['reply-to', { replyTo: 'somewhere' }],
    ['expiration', { expiration: '60000' }],
    ['user-id', { userId: broker.target.user }],
  ])('%s alone', async (_, properties) => {
    await expectUnchanged(bytesOf(properties))
  })

  it('all of them', async () => {
    const rest = { replyTo: 'somewhere', expiration: '60000', userId: broker.target.user }
    await expectUnchanged(bytesOf({ ...every, ...rest }))
  })

  it('empty strings and an empty table', async () => {
    const empty = { contentType: '', correlationId: '', messageId: '', appId: '', clusterId: '', headers: {} }
    await expectUnchanged(bytesOf(empty))
  })

  it('strings of 255 bytes', async () => {
    const long = 'x'.repeat(255)
    await expectUnchanged(bytesOf({ contentType: long, correlationId: long, messageId: long, type: long }))
  })

  it('both delivery modes and the highest priority', async () => {
    for (const deliveryMode of [1, 2]) await expectUnchanged(bytesOf({ deliveryMode, priority: 255 }))
  })

  it('the largest timestamp', async () => {
    const bytes = Buffer.alloc(10, 0xff)
    bytes.writeUInt16BE(0x40, 0)
    await expectUnchanged(bytes)
  })

  const headers: [string, unknown][] = [
    ['a long string (S)', 'hare'],
    ['an empty string', ''],
    ['a signed byte (b)', typed('byte', -128)],
    ['an unsigned byte (B)', typed('unsignedbyte', 255)],
    ['a signed short (s)', typed('short', -32768)],
    ['an unsigned short (u)', typed('unsignedshort', 65535)],
    ['a signed int (I)', typed('int', -2147483648)],
    ['an unsigned int (i)', typed('unsignedint', 4294967295)],
    ['a signed long (l)', typed('long', -(2n ** 63n))],
    ['a float (f)', typed('float', 0.5)],
    ['a double (d)', typed('double', Math.PI)],
    ['true and false (t)', [true, false]],
    ['a decimal (D)', typed('decimal', { places: 2, digits: 12345 })],
    ['a timestamp (T)', typed('timestamp', 1_700_000_000)],
    ['a table (F)', { nested: { deeper: { deepest: 'x' } } }],
    ['an array (A)', [1, 'two', { three: [3] }, null]],
    ['a byte array (x)', Buffer.from([0, 1, 254, 255])],
    ['nothing (V)', null],
    ['an empty table', {}],
    ['an empty array', []],
  ]
  it.each(headers)('a header with %s', async (_, value) => {
    await expectUnchanged(bytesOf({ headers: { before: 1, value, after: 2 } }))
  })

  it('a header with a 64-bit integer of type L, which clients may send', async () => {
    await expectUnchanged(table(Buffer.from([1, 0x61, 0x4c, 0, 0, 0, 0, 0, 0, 0, 5])))
  })

  it('a header with a string that is no UTF-8', async () => {
    await expectUnchanged(table(Buffer.from([1, 0x61, 0x53, 0, 0, 0, 3, 0xff, 0x00, 0xfe])))
  })

  it('a header named by the empty string, and one name twice', async () => {
    await expectUnchanged(table(Buffer.from([0, 0x74, 1, 1, 0x61, 0x74, 1, 1, 0x61, 0x74, 0])))
  })

  it('a header of 60,000 bytes', async () => {
    await expectUnchanged(bytesOf({ headers: { long: 'x'.repeat(60_000) } }))
  })

  it('five hundred headers', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`header-${i}`, i]))
    await expectUnchanged(bytesOf({ headers: many }))
  })
})

/** Properties that are a header table only. */
function table(entries: Buffer): Buffer {
  const bytes = Buffer.alloc(6 + entries.length)
  bytes.writeUInt16BE(0x2000, 0)
  bytes.writeUInt32BE(entries.length, 2)
  entries.copy(bytes, 6)
  return bytes
}

describe('properties made up at random', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 }).filter(made => Buffer.byteLength(made) < 256)
  /** To amqplib, which encodes them, the key `!` names the type of a value. */
  const key = text.filter(made => made !== '!')
  const value: fc.Arbitrary<unknown> = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  })).value
  const properties = fc.record(
    {
      contentType: text,
      contentEncoding: text,
      headers: fc.dictionary(key, value, { maxKeys: 6 }),
      deliveryMode: fc.constantFrom(1, 2),
      priority: fc.nat(255),
      correlationId: text,
      replyTo: text,
      messageId: text,
      timestamp: fc.nat(),
      type: text,
      appId: text,
      clusterId: text,
    },
    { requiredKeys: [] },
  )

  it('come back byte for byte', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    await fc.assert(
      fc.asyncProperty(properties, async sent => {
        const bytes = bytesOf(sent)
        channel.publish({ routingKey: queue }, 'body', bytes)
        expect((await channel.get(queue, true))?.propertyBytes).toEqual(bytes)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the delivered message', () => {
  it('has the properties it was published with, by deliver, get and return alike', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const sent = bytesOf(every)
    channel.publish({ routingKey: queue }, 'body', sent)
    expect((await channel.get(queue, true))?.propertyBytes).toEqual(sent)
    channel.publish({ routingKey: broker.name(), mandatory: true }, 'body', sent)
    expect((await channel.returned()).propertyBytes).toEqual(sent)
    await channel.call('basic.consume', { queue, noAck: true })
    channel.publish({ routingKey: queue }, 'body', sent)
    expect((await channel.delivery()).propertyBytes).toEqual(sent)
  })
})
