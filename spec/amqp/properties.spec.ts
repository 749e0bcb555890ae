import fc from 'fast-check'
import { FrameError } from '../../src/amqp/errors'
import {
  decodeProperties,
  encodeProperties,
  PropertiesScan,
  readHeaders,
  shortStringAt,
} from '../../src/amqp/properties'
import { withExpiration, withHeaders, withReplyTo } from '../../src/amqp/property-edit'
import { Reader } from '../../src/amqp/reader'
import { fieldTable, toPlain } from '../../src/amqp/table'
import { amqplibCodec, amqplibProperties } from './amqplib-codec'
import {
  fieldTable as anyTable,
  basicProperties,
  plainTable,
  propertiesWith,
  shortString,
} from './arbitraries'

const BASIC = 60

function scanned(bytes: Buffer): PropertiesScan {
  const scan = new PropertiesScan()
  scan.scan(bytes, 0, bytes.length)
  return scan
}

function decode(bytes: Buffer) {
  return decodeProperties(bytes, 0, bytes.length)
}

/** The bytes in the middle of others, as they lie in a socket's chunk. */
function within(bytes: Buffer): [Buffer, number, number] {
  return [Buffer.concat([Buffer.alloc(5, 0xaa), bytes, Buffer.alloc(300, 0xbb)]), 5, 5 + bytes.length]
}

describe('basic properties', () => {
  it('come back from their bytes as they were written', () => {
    fc.assert(
      fc.property(basicProperties, properties => {
        const [chunk, start, end] = within(encodeProperties(properties))
        expect(decodeProperties(chunk, start, end)).toEqual(properties)
        expect(readHeaders(chunk, start, end)).toEqual(properties.headers)
      }),
      { numRuns: 500 },
    )
  })

  it('are read by amqplib as they are written here', () => {
    fc.assert(
      fc.property(propertiesWith(plainTable), plain => {
        const { headers, ...rest } = plain
        const bytes = encodeProperties(
          headers === undefined ? rest : { ...rest, headers: fieldTable(headers) },
        )
        expect(amqplibCodec.decode(BASIC, bytes)).toEqual(plain)
      }),
    )
  })

  it('are read here as amqplib writes them', () => {
    fc.assert(
      fc.property(propertiesWith(plainTable), plain => {
        const { headers, ...rest } = decode(amqplibProperties(plain))
        expect(headers === undefined ? rest : { ...rest, headers: toPlain(headers) }).toEqual(plain)
      }),
    )
  })

  it('have the bytes the specification gives them', () => {
    expect(encodeProperties({}).toString('hex')).toBe('0000')
    expect(encodeProperties({ deliveryMode: 2 }).toString('hex')).toBe('100002')
    expect(encodeProperties({ contentType: 'a', timestamp: 5, clusterId: 'z' }).toString('hex')).toBe(
      '8044' + '0161' + '0000000000000005' + '017a',
    )
  })

  it('may hold text that is not UTF-8, which RabbitMQ does not check', () => {
    expect(decode(Buffer.from('800001ff', 'hex'))).toEqual({ contentType: '\ufffd' })
  })
})

describe('a scan of properties', () => {
  it('finds where each field is', () => {
    fc.assert(
      fc.property(basicProperties, p => {
        const [chunk, start, end] = within(encodeProperties(p))
        const scan = new PropertiesScan()
        scan.scan(chunk, start, end)
        const text = (at: number) => (at === -1 ? undefined : shortStringAt(chunk, at))
        expect(scan.deliveryMode).toBe(p.deliveryMode ?? 0)
        expect(scan.priority).toBe(p.priority ?? -1)
        expect(scan.headersAt === -1 ? undefined : new Reader(chunk, scan.headersAt, end).table()).toEqual(
          p.headers,
        )
        expect(
          scan.timestampAt === -1 ? undefined : new Reader(chunk, scan.timestampAt, end).timestamp(),
        ).toBe(p.timestamp)
        expect(text(scan.contentTypeAt)).toBe(p.contentType)
        expect(text(scan.contentEncodingAt)).toBe(p.contentEncoding)
        expect(text(scan.correlationIdAt)).toBe(p.correlationId)
        expect(text(scan.replyToAt)).toBe(p.replyTo)
        expect(text(scan.expirationAt)).toBe(p.expiration)
        expect(text(scan.messageIdAt)).toBe(p.messageId)
        expect(text(scan.typeAt)).toBe(p.type)
        expect(text(scan.userIdAt)).toBe(p.userId)
        expect(text(scan.appIdAt)).toBe(p.appId)
        expect(text(scan.clusterIdAt)).toBe(p.clusterId)
      }),
      { numRuns: 500 },
    )
  })

  it('remembers nothing of the scan before, nor of one that failed', () => {
    fc.assert(
      fc.property(
        fc.array(basicProperties, { minLength: 2, maxLength: 4 }),
        fc.boolean(),
        (sequence, failing) => {
          const scan = new PropertiesScan()
          for (const properties of sequence) {
            const bytes = encodeProperties(properties)
            if (failing)
              expect(() => scan.scan(Buffer.concat([bytes, bytes]), 0, bytes.length + 1)).toThrow(FrameError)
            scan.scan(bytes, 0, bytes.length)
            expect(scan).toEqual(scanned(bytes))
          }
          for (const bytes of [encodeProperties({ deliveryMode: 1 }), encodeProperties({})]) {
            scan.scan(bytes, 0, bytes.length)
            expect(scan).toEqual(scanned(bytes))
          }
        },
      ),
    )
  })

  it.each([
    [{ CC: ['a'] }, true],
    [{ BCC: ['a'] }, true],
    [{ other: 1, BCC: 'not even a list' }, true],
    [{ cc: ['a'] }, false],
    [{ bcc: ['a'] }, false],
    [{ CCC: ['a'], C: 1, BC: 1, BCCC: 1, ABC: 1, CB: 1 }, false],
    [{ inner: { CC: ['a'] } }, false],
    [{ text: '\x02CC\x03BCC' }, false],
    [{}, false],
  ])('tells whether the headers %j have CC or BCC', (headers, expected) => {
    expect(scanned(encodeProperties({ headers: fieldTable(headers) })).hasCcOrBcc).toBe(expected)
  })

  it('refuses properties cut off anywhere', () => {
    fc.assert(
      fc.property(basicProperties, properties => {
        const bytes = encodeProperties(properties)
        for (let length = 0; length < bytes.length; length += 1) {
          expect(() => new PropertiesScan().scan(bytes, 0, length)).toThrow(FrameError)
          expect(() => decodeProperties(bytes, 0, length)).toThrow(FrameError)
        }
      }),
      { numRuns: 15 },
    )
  })

  it.each([
    ['the continuation bit', '0001'],
    ['the reserved bit', '0002'],
    ['the continuation bit beside a delivery mode', '100102'],
    ['an octet too many', '000000'],
    ['an octet too many after a delivery mode', '10000202'],
    ['an octet too many after text', '800001' + '6100'],
    ['headers that end within a key', '2000' + '00000002' + '0541'],
    ['headers with a type that does not exist', '2000' + '00000003' + '01415a'],
    ['headers with a table that reaches beyond', '2000' + '00000007' + '0141' + '4600000001'],
  ])('refuses %s', (_, hex) => {
    const bytes = Buffer.from(hex, 'hex')
    expect(() => scanned(bytes)).toThrow(FrameError)
    expect(() => decode(bytes)).toThrow(FrameError)
  })

  it('accepts exactly what can be decoded, whatever octet is changed', () => {
    fc.assert(
      fc.property(basicProperties, fc.nat(), fc.nat(255), (properties, position, octet) => {
        const bytes = encodeProperties(properties)
        bytes[position % bytes.length] = octet
        expect(outcome(() => scanned(bytes))).toBe(outcome(() => decode(bytes)))
      }),
      { numRuns: 3000 },
    )
  })
})

function outcome(run: () => unknown): string {
  try {
    run()
    return 'accepted'
  } catch (error) {
    expect(error).toBeInstanceOf(FrameError)
    return 'refused'
  }
}

describe('changing one property', () => {
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

  it('replaces, adds or removes the headers and leaves the other fields as they are', () => {
    fc.assert(
      fc.property(basicProperties, optional(anyTable), (properties, headers) => {
        const { headers: _, ...others } = properties
        const [chunk, start, end] = within(encodeProperties(properties))
        const expected = headers === undefined ? others : { ...others, headers }
        expect(withHeaders(chunk, start, end, headers)).toEqual(encodeProperties(expected))
      }),
      { numRuns: 300 },
    )
  })

  it('replaces, adds or removes the expiration', () => {
    fc.assert(
      fc.property(basicProperties, optional(shortString), (properties, expiration) => {
        const { expiration: _, ...others } = properties
        const [chunk, start, end] = within(encodeProperties(properties))
        const expected = expiration === undefined ? others : { ...others, expiration }
        expect(withExpiration(chunk, start, end, expiration)).toEqual(encodeProperties(expected))
      }),
    )
  })

  it('replaces, adds or removes the reply-to', () => {
    fc.assert(
      fc.property(basicProperties, optional(shortString), (properties, replyTo) => {
        const { replyTo: _, ...others } = properties
        const [chunk, start, end] = within(encodeProperties(properties))
        const expected = replyTo === undefined ? others : { ...others, replyTo }
        expect(withReplyTo(chunk, start, end, replyTo)).toEqual(encodeProperties(expected))
      }),
    )
  })

  it('gives bytes of its own', () => {
    const bytes = encodeProperties({ contentType: 'a' })
    const changed = withHeaders(bytes, 0, bytes.length, undefined)
    bytes.fill(0)
    expect(decode(changed)).toEqual({ contentType: 'a' })
  })
})
