import fc from 'fast-check'
import { Undecodable } from '../../src/amqp/errors'
import { Reader } from '../../src/amqp/reader'
import {
  type FieldTable,
  type FieldValue,
  fieldTable,
  readTable,
  toPlain,
  writeTable,
} from '../../src/amqp/table'
import { Writer } from '../../src/amqp/writer'
import { amqplibCodec } from './amqplib-codec'
import { fieldTable as anyTable, plainTable } from './arbitraries'

function encode(table: FieldTable): Buffer {
  const writer = new Writer()
  writeTable(writer, table)
  return writer.take()
}

function decode(bytes: Buffer): FieldTable {
  return readTable(new Reader(bytes))
}

/** A table with one entry `k`, from the hex of its type and value. */
function tableOf(typeAndValue: string): Buffer {
  const entry = Buffer.concat([Buffer.from('\x01k'), Buffer.from(typeAndValue, 'hex')])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(entry.length)
  return Buffer.concat([size, entry])
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text)
}

function nested(depth: number, type: 'F' | 'A'): Buffer {
  let value = Buffer.from('V')
  for (let level = 0; level < depth; level += 1) {
    const inner = type === 'A' ? value : Buffer.concat([Buffer.from([0]), value])
    const size = Buffer.alloc(4)
    size.writeUInt32BE(inner.length)
    value = Buffer.concat([Buffer.from(type), size, inner])
  }
  return tableOf(value.toString('hex'))
}

// Values as rabbit_binary_parser of RabbitMQ 3.10.8 reads them.
const GOLDEN: [string, FieldValue][] = [
  ['7401', { type: 't', value: true }],
  ['7400', { type: 't', value: false }],
  ['62ff', { type: 'b', value: -1 }],
  ['42ff', { type: 'B', value: 255 }],
  ['73ffff', { type: 's', value: -1 }],
  ['75ffff', { type: 'u', value: 65535 }],
  ['49ffffffff', { type: 'I', value: -1 }],
  ['69ffffffff', { type: 'i', value: 4294967295 }],
  ['6cfffffffffffffffd', { type: 'l', value: -3 }],
  ['4cfffffffffffffffd', { type: 'L', value: -3 }],
  ['6c7fffffffffffffff', { type: 'l', value: 2n ** 63n - 1n }],
  ['54ffffffffffffffff', { type: 'T', value: 2n ** 64n - 1n }],
  ['540000000063bb5180', { type: 'T', value: 1673220480 }],
  ['663fc00000', { type: 'f', value: 1.5 }],
  ['643ff8000000000000', { type: 'd', value: 1.5 }],
  ['4403ffffffff', { type: 'D', scale: 3, value: 4294967295 }],
  ['5300000002c3a9', { type: 'S', value: bytesOf('é') }],
  ['7800000001ff', { type: 'x', value: Buffer.from([255]) }],
  ['4600000003016156', { type: 'F', value: new Map([['a', { type: 'V' }]]) }],
  ['41000000035674' + '01', { type: 'A', value: [{ type: 'V' }, { type: 't', value: true }] }],
  ['56', { type: 'V' }],
]

describe('a field table', () => {
  it.each(GOLDEN)('holds %s as RabbitMQ reads it', (hex, value) => {
    const table = decode(tableOf(hex))
    expect(table).toEqual(new Map([['k', value]]))
    expect(encode(table)).toEqual(tableOf(hex))
  })

  it('comes back from its bytes as it was written', () => {
    fc.assert(
      fc.property(anyTable, table => {
        const bytes = encode(table)
        const read = decode(bytes)
        expect(read).toEqual(table)
        expect([...read.keys()]).toEqual([...table.keys()])
        expect(encode(read)).toEqual(bytes)
      }),
      { numRuns: 500 },
    )
  })

  it('is read by amqplib as it is written here', () => {
    fc.assert(
      fc.property(plainTable, plain => {
        expect(amqplibCodec.decode(QUEUE_UNBIND, unbindWith(encode(fieldTable(plain))))).toMatchObject({
          arguments: plain,
        })
      }),
    )
  })

  it('cannot be decoded wherever it is cut off', () => {
    fc.assert(
      fc.property(anyTable, table => {
        const bytes = encode(table)
        for (let length = 0; length < bytes.length; length += 1) {
          expect(() => readTable(new Reader(bytes, 0, length))).toThrow(Undecodable)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('is decoded or refused by a typed error, whatever octet is changed', () => {
    fc.assert(
      fc.property(anyTable, fc.nat(), fc.nat(255), (table, position, octet) => {
        const bytes = encode(table)
        bytes[position % bytes.length] = octet
        try {
          decode(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(Undecodable)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['a size beyond the bytes', '00000009' + '016b56'],
    ['a size of 4 GiB', 'ffffffff' + '016b56'],
    ['a key beyond the table', '00000003' + '026b56'],
    ['a key without a value', '00000002' + '016b' + '56'],
    ['a string beyond the table', '00000008' + '016b' + '5300000003' + '61' + '6162'],
    ['a string of 4 GiB', '00000007' + '016b' + '53ffffffff'],
    ['a table beyond the table around it', '00000007' + '016b' + '4600000003' + '016156'],
    ['an array beyond the table around it', '00000007' + '016b' + '4100000001' + '56'],
    ['an array whose last value is beyond it', '0000000a' + '016b' + '4100000002' + '7301' + '02'],
    ['a type that does not exist', '00000003' + '016b5a'],
  ])('is refused when it has %s', (_, hex) => {
    expect(() => decode(Buffer.from(hex, 'hex'))).toThrow(Undecodable)
  })

  it.each(['F', 'A'] as const)('may nest %s 63 deep, not deeper', type => {
    expect(encode(decode(nested(63, type)))).toEqual(nested(63, type))
    expect(() => decode(nested(64, type))).toThrow(new Undecodable('tables nested deeper than 64'))
    expect(() => decode(nested(20_000, type))).toThrow(Undecodable)
  })

  it('keeps the first of equal keys, the one RabbitMQ finds', () => {
    const twice = Buffer.from('00000008' + '016b7401' + '016b7400', 'hex')
    expect(decode(twice)).toEqual(new Map([['k', { type: 't', value: true }]]))
  })

  it('outlives the bytes it was read from', () => {
    const bytes = encode(fieldTable({ text: 'hare', raw: bytesOf('hare') }))
    const table = decode(bytes)
    bytes.fill(0)
    expect(toPlain(table)).toEqual({ text: 'hare', raw: bytesOf('hare') })
  })

  it('takes keys for keys, `__proto__` among them', () => {
    const table = decode(encode(new Map([['__proto__', { type: 'F', value: fieldTable({ evil: true }) }]])))
    const plain = toPlain(table)
    expect(Object.keys(plain)).toEqual(['__proto__'])
    expect(plain['evil']).toBeUndefined()
    expect(({} as Record<string, unknown>)['evil']).toBeUndefined()
  })
})

const QUEUE_UNBIND = (50 << 16) | 50

/** The arguments of queue.unbind: nothing, and a table. */
function unbindWith(table: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(5), table])
}

describe('a table made from a plain object', () => {
  it('has the types clients commonly use', () => {
    const table = fieldTable({
      yes: true,
      small: -5,
      large: 2 ** 31,
      fraction: 0.5,
      huge: 2 ** 60,
      exact: 2n ** 60n,
      text: 'a',
      raw: bytesOf('a'),
      nothing: null,
      list: [1, 'a'],
      time: new Date(1673220480_999),
      inner: { a: 1 },
      absent: undefined,
    })
    const types = [...table].map(([key, value]) => `${key} ${value.type}`)
    expect(types.join(', ')).toBe(
      'yes t, small I, large l, fraction d, huge d, exact l, text S, raw x, nothing V, list A, time T, inner F',
    )
    expect(table.get('time')).toEqual({ type: 'T', value: 1673220480 })
  })

  it('can be turned back', () => {
    fc.assert(fc.property(plainTable, plain => expect(toPlain(fieldTable(plain))).toEqual(plain)))
    expect(toPlain(fieldTable({ time: new Date(5000) }))).toEqual({ time: new Date(5000) })
    expect(toPlain(decode(tableOf('440200000159')))).toEqual({ k: 3.45 })
  })
})
