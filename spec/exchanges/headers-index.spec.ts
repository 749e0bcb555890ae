/** The index of a headers exchange finds what trying every condition would, and looks at little else. */
import fc from 'fast-check'
import { type FieldTable, type FieldValue, fieldTable, type PlainTable } from '../../src/amqp/table'
import type { Binding } from '../../src/exchanges/binding'
import type { Destination } from '../../src/exchanges/destination'
import { HeadersIndex } from '../../src/exchanges/headers-index'
import { compileCondition } from '../../src/exchanges/headers-match'
import { bindingTo, queueNamed } from './arrange'

const value: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.constantFrom<FieldValue>(
    { type: 'V' },
    { type: 't', value: true },
    { type: 'I', value: 1 },
    { type: 'l', value: 1 },
    { type: 'T', value: 1 },
    { type: 'd', value: 1 },
    { type: 'f', value: 1 },
    { type: 'd', value: Number.NaN },
    { type: 'd', value: -0 },
    { type: 'f', value: 0 },
    { type: 'l', value: 2n ** 60n },
    { type: 'S', value: Buffer.from('a') },
    { type: 'x', value: Buffer.from('a') },
    { type: 'S', value: Buffer.alloc(100, 'a') },
    { type: 'A', value: [{ type: 'I', value: 1 }] },
    { type: 'A', value: [] },
    { type: 'F', value: new Map([['a', { type: 'I', value: 1 }]]) },
    { type: 'D', scale: 1, value: 1 },
  ),
)
const header = fc.constantFrom('a', 'b', 'c', 'x-d')
const headers: fc.Arbitrary<FieldTable> = fc
  .array(fc.tuple(header, value), { maxLength: 4 })
  .map(entries => new Map(entries))
const conditions = fc
  .tuple(fc.constantFrom('all', 'any', 'all-with-x', 'any-with-x'), headers)
  .map(([mode, tests]): FieldTable => new Map([['x-match', text(mode)], ...tests]))

function text(value: string): FieldValue {
  return { type: 'S', value: Buffer.from(value) }
}

function indexed(index: HeadersIndex, args: FieldTable, name: string): Binding {
  const binding = { ...bindingTo(queueNamed(name)), arguments: args } as Binding
  index.insert(binding, compileCondition(args))
  return binding
}

function matched(index: HeadersIndex, message: FieldTable | undefined): string[] {
  const into = new Set<Destination>()
  index.match(message, into)
  return [...into].map(({ name }) => name).sort()
}

function visitsOf(index: HeadersIndex, message: PlainTable): number {
  const before = index.visits
  matched(index, fieldTable(message))
  return index.visits - before
}

describe('the index of conditions', () => {
  it('finds those that hold, whatever came and went before', () => {
    const property = fc.property(
      fc.array(conditions, { maxLength: 12 }),
      fc.array(fc.nat(11), { maxLength: 6 }),
      fc.array(fc.option(headers, { nil: undefined }), { minLength: 1, maxLength: 5 }),
      (all, gone, messages) => {
        const index = new HeadersIndex()
        const bindings = all.map((args, number) => indexed(index, args, `q${number}`))
        for (const number of gone) if (bindings[number] !== undefined) index.remove(bindings[number])
        const left = all.flatMap((args, number) =>
          gone.includes(number) ? [] : [[args, `q${number}`] as const],
        )
        for (const message of messages) {
          const holding = left
            .filter(([args]) => compileCondition(args).holds(message))
            .map(([, name]) => name)
          expect(matched(index, message)).toEqual(holding.sort())
        }
      },
    )
    fc.assert(property, { numRuns: 500 })
  })

  it('looks at those only that a header leads to', () => {
    const index = new HeadersIndex()
    for (let number = 0; number < 1000; number++) {
      const mode = number % 2 === 0 ? 'all' : 'any'
      indexed(index, fieldTable({ 'x-match': mode, kind: 'order', id: number }), `q${number}`)
    }
    expect(visitsOf(index, { id: 5 })).toBeLessThan(5)
    expect(visitsOf(index, { colour: 'red', size: 3 })).toBe(2)
    // Every second one asks for nothing more.
    expect(visitsOf(index, { kind: 'order' })).toBeLessThan(600)
  })

  it('finds what many have in common by what they have not', () => {
    const index = new HeadersIndex()
    for (let number = 0; number < 1000; number++)
      indexed(index, fieldTable({ kind: 'order', region: 'eu', id: number }), `q${number}`)
    expect(matched(index, fieldTable({ kind: 'order', region: 'eu', id: 7 }))).toEqual(['q7'])
    expect(visitsOf(index, { kind: 'order', region: 'eu', id: 7 })).toBeLessThan(20)
  })

  it('has nothing left of what is gone', () => {
    const index = new HeadersIndex()
    const bindings = [{ a: 1, b: 2 }, { 'x-match': 'any', a: 1, b: null }, { b: null }].map((args, number) =>
      indexed(index, fieldTable(args), `q${number}`),
    )
    for (const binding of bindings) index.remove(binding)
    expect(visitsOf(index, { a: 1, b: 2 })).toBe(2)
    expect(index.isEmpty).toBe(true)
  })
})
