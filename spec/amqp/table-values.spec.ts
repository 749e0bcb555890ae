import fc from 'fast-check'
import { Reader } from '../../src/amqp/reader'
import {
  describeValue,
  equivalentValue,
  type FieldValue,
  fieldTable,
  readTable,
  sameTable,
  sameValue,
  typeName,
} from '../../src/amqp/table'
import { Writer } from '../../src/amqp/writer'
import { fieldValue as anyValue } from './arbitraries'

function written(value: FieldValue): Buffer {
  const writer = new Writer()
  writer.table(new Map([['k', value]]))
  return writer.take()
}

function read(bytes: Buffer): FieldValue {
  return readTable(new Reader(bytes)).get('k') as FieldValue
}

/** The value that these octets are: its type and what follows. */
function fieldFrom(typeAndValue: string): FieldValue {
  const entry = Buffer.from(`016b${typeAndValue}`, 'hex')
  const size = Buffer.alloc(4)
  size.writeUInt32BE(entry.length)
  return read(Buffer.concat([size, entry]))
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text)
}

describe('comparing values', () => {
  const int = (type: 'b' | 'B' | 's' | 'u' | 'I' | 'i' | 'l' | 'L' | 'T', value: number): FieldValue => ({
    type,
    value,
  })
  const list = (...value: FieldValue[]): FieldValue => ({ type: 'A', value })
  const text = (type: 'S' | 'x', value: string): FieldValue => ({ type, value: bytesOf(value) })

  it('finds every value the same as its copy, and equivalent to it', () => {
    fc.assert(
      fc.property(anyValue, value => {
        const copy = read(written(value))
        expect(sameValue(value, copy)).toBe(true)
        expect(equivalentValue(value, copy)).toBe(true)
      }),
    )
  })

  it('finds the same only what is equivalent too, whichever way round', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        expect(sameValue(a, b)).toBe(sameValue(b, a))
        expect(equivalentValue(a, b)).toBe(equivalentValue(b, a))
        expect(sameValue(a, b) && !equivalentValue(a, b)).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['integers of any width', int('b', 5), int('l', 5), true],
    ['signed and unsigned integers', int('i', 5), int('I', 5), true],
    ['other integers', int('I', 5), int('I', 6), false],
    ['integers and timestamps', int('I', 5), int('T', 5), false],
    ['float and double', { type: 'f', value: 5 }, { type: 'd', value: 5 }, true],
    ['integer and double', int('I', 5), { type: 'd', value: 5 }, false],
    ['decimals', { type: 'D', scale: 1, value: 50 }, { type: 'D', scale: 1, value: 50 }, true],
    [
      'decimals of another scale',
      { type: 'D', scale: 1, value: 50 },
      { type: 'D', scale: 2, value: 50 },
      false,
    ],
    ['decimal and integer', { type: 'D', scale: 0, value: 5 }, int('I', 5), false],
    ['integer and decimal', int('I', 5), { type: 'D', scale: 0, value: 5 }, false],
    ['text', text('S', 'a'), text('S', 'a'), true],
    ['text and bytes', text('S', 'a'), text('x', 'a'), false],
    ['true and one', { type: 't', value: true }, int('I', 1), false],
    ['void', { type: 'V' }, { type: 'V' }, true],
    ['void and anything', { type: 'V' }, int('I', 0), false],
    ['arrays of integers of other widths', list(int('I', 5)), list(int('l', 5)), false],
    ['arrays of other lengths', list(int('I', 5)), list(int('I', 5), int('I', 5)), false],
  ] as [string, FieldValue, FieldValue, boolean][])('for RabbitMQ, %s', (_, a, b, equivalent) => {
    expect(equivalentValue(a, b)).toBe(equivalent)
    expect(equivalentValue(b, a)).toBe(equivalent)
  })

  it('is exact about the type when it asks for the same value', () => {
    expect(sameValue(int('I', 5), int('l', 5))).toBe(false)
    expect(sameValue(int('l', 5), int('L', 5))).toBe(true)
  })

  it('does not mind the order of keys, but each key', () => {
    expect(sameTable(fieldTable({ a: 1, b: 2 }), fieldTable({ b: 2, a: 1 }))).toBe(true)
    expect(sameTable(fieldTable({ a: 1, b: 2 }), fieldTable({ a: 1 }))).toBe(false)
    expect(sameTable(fieldTable({ a: 1 }), fieldTable({ b: 1 }))).toBe(false)
    expect(sameTable(fieldTable({ a: 1 }), fieldTable({ a: 2 }))).toBe(false)
  })
})

// Texts as rabbit_misc of RabbitMQ 3.10.8 gives them.
describe('showing a value', () => {
  it.each([
    ['4900000005', 'signedint', "'5'"],
    ['7401', 'bool', "'true'"],
    ['643ff8000000000000', 'double', "'1.5'"],
    ['643ff0000000000000', 'double', "'1.0'"],
    ['5300000002c3a9', 'longstr', "'é'"],
    ['7800000003616263', 'binary', "'abc'"],
    ['54' + '0000000000003039', 'timestamp', "'12345'"],
    ['56', 'void', "'undefined'"],
    ['41' + '00000000', 'array', "'[]'"],
    [
      '41' + '0000000d' + '530000000161' + '4900000004' + '7401',
      'array',
      `'[{longstr,<<"a">>},{signedint,4},{bool,true}]'`,
    ],
    [
      '46' + '00000019' + '016b' + '530000000176' + '016e' + '410000000a' + '56' + '644000000000000000',
      'table',
      `'[{<<"k">>,longstr,<<"v">>},{<<"n">>,array,[{void,undefined},{double,2.0}]}]'`,
    ],
  ])('%s is a %s and shown as %s', (hex, name, text) => {
    const value = fieldFrom(hex)
    expect(typeName(value)).toBe(name)
    expect(describeValue(value)).toBe(text)
  })
})
