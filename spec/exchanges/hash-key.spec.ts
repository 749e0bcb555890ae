/** What a header of each type is hashed to: RabbitMQ 4's value_to_hash/2, and Erlang's phash2 of what it yields. */
import { type FieldValue, fieldValue, type Plain } from '../../src/amqp/table'
import { keyOfBytes, keyOfField } from '../../src/exchanges/hash-key'

const keyOf = (plain: Plain) => keyOfField(fieldValue(plain))

describe('a header is hashed', () => {
  it('as its octets when it is a text or a list of octets', () => {
    expect(keyOf('hello world')).toBe(33550279)
    expect(keyOf(Buffer.from('hello world'))).toBe(33550279)
    expect(keyOf('')).toBe(13708901)
  })

  it('as itself when it is a whole number, whatever its type', () => {
    for (const type of ['b', 'B', 's', 'u', 'I', 'i', 'l', 'L'] as const) {
      expect(keyOfField({ type, value: 42 })).toBe(42)
    }
    expect(keyOf(-42)).toBe(-42)
  })

  it('as the lowest 21 bits when it is too large for a safe number, which is what counts of it', () => {
    expect(keyOf(9007199254740993n)).toBe(1)
    expect(keyOf(-9007199254740993n)).toBe(2 ** 21 - 1)
  })

  it('as milliseconds when it is a time', () => {
    expect(keyOfField({ type: 'T', value: 5 })).toBe(5000)
    expect(keyOfField({ type: 'T', value: 2n ** 63n })).toBe(0)
  })

  it('as an atom when it is a truth value', () => {
    expect([keyOf(true), keyOf(false)]).toEqual([506293, 7111573])
  })

  it('as a float, or as a pair when it is a decimal', () => {
    expect([keyOf(1.5), keyOfField({ type: 'f', value: -2.25 })]).toEqual([10380315, 106798634])
    expect(keyOfField({ type: 'D', scale: 2, value: 314 })).toBe(28881931)
  })

  it('as the atom undefined when it is void or absent', () => {
    expect([keyOf(null), keyOfField(undefined), keyOfBytes(undefined)]).toEqual([
      45914356, 45914356, 45914356,
    ])
  })

  it('by its first element when it is an array or a table', () => {
    expect(keyOf(['x', 'y'])).toBe(14442427)
    expect(keyOf([['a', 1]])).toBe(40191755)
    expect(keyOf([{ a: {} }])).toBe(37792239)
    expect(keyOf({ k: 5, l: 6 })).toBe(110994927)
    expect([keyOf([]), keyOf({})]).toEqual([113427502, 113427502])
  })
})

it('depends on a value however deep it lies', () => {
  const buried = (text: string) => {
    let field: FieldValue = fieldValue(text)
    for (let i = 0; i < 50; i++) field = { type: 'A', value: [{ type: 'F', value: new Map([['a', field]]) }] }
    return keyOfField(field)
  }
  expect(buried('x')).toBe(buried('x'))
  expect(buried('x')).not.toBe(buried('y'))
})
