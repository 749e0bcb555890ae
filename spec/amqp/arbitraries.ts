/** Random AMQP values for round trips. */
import fc from 'fast-check'
import type { BasicProperties } from '../../src/amqp/properties'
import type { Domain } from '../../src/amqp/protocol'
import type { FieldTable, FieldValue, PlainTable } from '../../src/amqp/table'

const SHORT_STRING_BYTES_MAX = 255

export const shortString = fc
  .oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 100 }))
  .map(cutToShortString)

function cutToShortString(text: string): string {
  let cut = text
  while (Buffer.byteLength(cut) > SHORT_STRING_BYTES_MAX) cut = Array.from(cut).slice(0, -10).join('')
  return cut
}

export const bytes = fc.uint8Array({ maxLength: 80 }).map(array => Buffer.from(array))

const unsigned32 = fc.nat(0xffffffff)
const signed64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(numberIfExact)
const unsigned64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(numberIfExact)

function numberIfExact(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

function typed<T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>
}

const { value, table: anyTable } = fc.letrec<{ value: FieldValue; table: FieldTable }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    typed({ type: fc.constant('V' as const) }),
    typed({ type: fc.constant('t' as const), value: fc.boolean() }),
    typed({ type: fc.constant('b' as const), value: fc.integer({ min: -128, max: 127 }) }),
    typed({ type: fc.constant('B' as const), value: fc.nat(255) }),
    typed({ type: fc.constant('s' as const), value: fc.integer({ min: -32768, max: 32767 }) }),
    typed({ type: fc.constant('u' as const), value: fc.nat(65535) }),
    typed({ type: fc.constant('I' as const), value: fc.integer() }),
    typed({ type: fc.constant('i' as const), value: unsigned32 }),
    typed({ type: fc.constantFrom('l' as const, 'L' as const), value: fc.oneof(fc.integer(), signed64) }),
    typed({ type: fc.constant('T' as const), value: fc.oneof(unsigned32, unsigned64) }),
    typed({ type: fc.constant('f' as const), value: fc.float({ noNaN: true }) }),
    typed({ type: fc.constant('d' as const), value: fc.double({ noNaN: true }) }),
    typed({ type: fc.constant('D' as const), scale: fc.nat(255), value: unsigned32 }),
    typed({ type: fc.constantFrom('S' as const, 'x' as const), value: bytes }),
    typed({ type: fc.constant('F' as const), value: tie('table') }),
    typed({ type: fc.constant('A' as const), value: fc.array(tie('value'), { maxLength: 4 }) }),
  ),
  table: fc
    .array(fc.tuple(shortString, tie('value')), { maxLength: 5 })
    .map(entries => new Map<string, FieldValue>(entries)),
}))

export const fieldValue: fc.Arbitrary<FieldValue> = value
export const fieldTable: fc.Arbitrary<FieldTable> = anyTable

/** Tables that every client can say: no `__proto__`, numbers that survive amqplib's choice of types. */
export const plainTable: fc.Arbitrary<PlainTable> = fc.letrec<{ table: PlainTable }>(tie => ({
  table: fc.dictionary(
    fc.stringMatching(/^[a-z-]{1,12}$/),
    fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.string(),
      fc.integer(),
      fc.integer({ min: -(2 ** 49), max: 2 ** 49 }),
      fc.integer({ min: -1e6, max: 1e6 }).map(whole => whole + 0.5),
      bytes,
      fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean()), { maxLength: 3 }),
      tie('table'),
    ),
    { noNullPrototype: true, maxKeys: 4 },
  ),
})).table

export function fieldOf(domain: Domain, table: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  switch (domain) {
    case 'bit':
      return fc.boolean()
    case 'octet':
      return fc.nat(0xff)
    case 'short':
      return fc.nat(0xffff)
    case 'long':
      return unsigned32
    case 'longlong':
      return fc.maxSafeNat()
    case 'shortstr':
      return shortString
    case 'longstr':
      return bytes
    case 'table':
      return table
  }
}

export const basicProperties: fc.Arbitrary<BasicProperties> = propertiesWith(anyTable)

export function propertiesWith<T>(
  headers: fc.Arbitrary<T>,
): fc.Arbitrary<Omit<BasicProperties, 'headers'> & { headers?: T }> {
  return fc.record(
    {
      contentType: shortString,
      contentEncoding: shortString,
      headers: headers,
      deliveryMode: fc.nat(255),
      priority: fc.nat(255),
      correlationId: shortString,
      replyTo: shortString,
      expiration: shortString,
      messageId: shortString,
      timestamp: fc.maxSafeNat(),
      type: shortString,
      userId: shortString,
      appId: shortString,
      clusterId: shortString,
    },
    { requiredKeys: [], noNullPrototype: true },
  )
}
