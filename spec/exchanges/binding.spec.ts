import fc from 'fast-check'
import { type FieldValue, type PlainTable, sameTable } from '../../src/amqp/table'
import { Binding } from '../../src/exchanges/binding'
import { bindingTo, exchangeOfType, queueNamed } from './arrange'

function propertiesKey(routingKey: string, args: PlainTable = {}): string {
  return bindingTo(queueNamed('q'), routingKey, args).propertiesKey
}

describe('the identity of a binding', () => {
  it('is the same for the same source, destination, key and arguments', () => {
    const one = bindingTo(queueNamed('q'), 'k', { a: 1, b: [{ c: 'x' }] })
    const two = bindingTo(queueNamed('q'), 'k', { b: [{ c: 'x' }], a: 1 })
    expect(one.identity).toBe(two.identity)
  })

  it('differs with each of them', () => {
    const bindings = [
      bindingTo(queueNamed('q'), 'k'),
      bindingTo(queueNamed('q'), 'k', {}, 'y'),
      bindingTo(queueNamed('p'), 'k'),
      bindingTo(exchangeOfType('fanout', 'q'), 'k'),
      bindingTo(queueNamed('q'), 'l'),
      bindingTo(queueNamed('q'), 'k', { a: 1 }),
      bindingTo(queueNamed('q'), 'k', { a: 2 }),
      bindingTo(queueNamed('q'), 'k', { a: '1' }),
      bindingTo(queueNamed('q'), 'k', { a: Buffer.from('1') }),
      bindingTo(queueNamed('q'), 'k', { a: null }),
      bindingTo(queueNamed('q'), 'k', { a: [1] }),
      bindingTo(queueNamed('q'), 'k', { a: { a: 1 } }),
    ]
    expect(new Set(bindings.map(binding => binding.identity)).size).toBe(bindings.length)
  })

  it('is not fooled by names that run into each other', () => {
    expect(bindingTo(queueNamed('ab'), 'c').identity).not.toBe(bindingTo(queueNamed('a'), 'bc').identity)
    expect(bindingTo(queueNamed('a'), '1:b').identity).not.toBe(bindingTo(queueNamed('a1:b'), '').identity)
  })

  it('is equal exactly when the arguments are the same', () => {
    const text = fc.constantFrom('', 'a', 'b', 'ab').map(letters => Buffer.from(letters))
    const leaf: fc.Arbitrary<FieldValue> = fc.oneof(
      fc.record({ type: fc.constantFrom('S' as const, 'x' as const), value: text }),
      fc.record({
        type: fc.constantFrom('I' as const, 'l' as const, 'T' as const, 'd' as const),
        value: fc.nat(2),
      }),
      fc.record({ type: fc.constant('t' as const), value: fc.boolean() }),
      fc.record({ type: fc.constant('D' as const), scale: fc.nat(1), value: fc.nat(2) }),
      fc.constant({ type: 'V' as const }),
    )
    const table = (value: fc.Arbitrary<FieldValue>) =>
      fc
        .array(fc.tuple(fc.constantFrom('a', 'b', 'ab'), value), { maxLength: 3 })
        .map(entries => new Map(entries))
    const nested: fc.Arbitrary<FieldValue> = fc.oneof(
      leaf,
      fc.record({ type: fc.constant('A' as const), value: fc.array(leaf, { maxLength: 2 }) }),
      fc.record({ type: fc.constant('F' as const), value: table(leaf) }),
    )
    fc.assert(
      fc.property(table(nested), table(nested), (a, b) => {
        const identity = (args: Map<string, FieldValue>) =>
          new Binding('x', queueNamed('q'), 'k', args).identity
        expect(identity(a) === identity(b)).toBe(sameTable(a, b))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the properties key of a binding', () => {
  it('is ~ when there is neither key nor arguments', () => {
    expect(propertiesKey('')).toBe('~')
  })

  it('is the key, quoted for an address, when there are no arguments', () => {
    expect(propertiesKey('a.b-c_d')).toBe('a.b-c_d')
    expect(propertiesKey('a.*.#')).toBe('a.%2A.%23')
    expect(propertiesKey('a b/ä')).toBe('a+b%2F%C3%A4')
    expect(propertiesKey('~')).toBe('%7E')
  })

  it('ends with a hash when there are arguments', () => {
    expect(propertiesKey('', { a: 1 })).toMatch(/^~[\w-]+$/)
    expect(propertiesKey('k', { a: 1 })).toMatch(/^k~[\w-]+$/)
  })

  it('has the same hash for the same arguments only', () => {
    expect(propertiesKey('k', { a: 1, b: 2 })).toBe(propertiesKey('k', { b: 2, a: 1 }))
    expect(propertiesKey('k', { a: 1 })).not.toBe(propertiesKey('k', { a: 2 }))
    expect(propertiesKey('k', { a: 1 })).not.toBe(propertiesKey('k', { a: '1' }))
  })
})
