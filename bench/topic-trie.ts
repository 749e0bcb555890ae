/**
 * What a match costs beside 10 to 100,000 bindings that do not match: the last column is how many times the time beside
 * 10, and should stay below 1.5 whatever the patterns look like.
 */
import { Binding } from '../src/exchanges/binding'
import type { Destination } from '../src/exchanges/destination'
import { TopicTrie } from '../src/exchanges/topic-trie'
import { measure, nanoseconds, type Variant } from './measure'

const SIZES = [10, 100, 1000, 10_000, 100_000]
const MATCHES = 100_000
const FLAT = 1.5

/** A few keys in turn, as publishers of one application have them. */
const KEYS = Array.from({ length: 16 }, (_, i) => `eu.de.stock.${i}`)

/** Patterns that have more and more in common with the keys. */
const SHAPES: Readonly<Record<string, (i: number) => string>> = {
  'other first words: us7.#': i => `us${i}.#`,
  'other last words: eu.de.stock.x7': i => `eu.de.stock.x${i}`,
  'other words behind *: *.x7.stock.*': i => `*.x${i}.stock.*`,
  'other words behind #: #.x7': i => `#.x${i}`,
  'longer keys: eu.de.stock.*.x7': i => `eu.de.stock.*.x${i}`,
}

function trieOf(pattern: (i: number) => string, size: number): TopicTrie {
  const trie = new TopicTrie()
  trie.insert(bindingOf('eu.*.stock.#', 'wanted'))
  for (let i = 0; i < size; i++) trie.insert(bindingOf(pattern(i), `other ${i}`))
  return trie
}

function bindingOf(pattern: string, queue: string): Binding {
  return new Binding('x', { kind: 'queue', name: queue }, pattern, new Map())
}

function matching(pattern: (i: number) => string, size: number): Variant {
  const trie = trieOf(pattern, size)
  const into = new Set<Destination>()
  return {
    name: `${size}`,
    run: () => {
      for (let i = 0; i < MATCHES; i++) {
        into.clear()
        trie.match(KEYS[i & 15]!, into)
        if (into.size !== 1) throw new Error(`${into.size} queues matched`)
      }
      return MATCHES
    },
  }
}

for (const [shape, pattern] of Object.entries(SHAPES)) {
  console.log(`\ntopic-trie: a match beside bindings with ${shape}`)
  const timings = measure(SIZES.map(size => matching(pattern, size)))
  const first = timings[0]!.median
  for (const { name, median } of timings) {
    const ratio = median / first
    const verdict = ratio < FLAT ? '' : '   NOT FLAT'
    console.log(`  ${name.padStart(7)} bindings ${nanoseconds(median)} ns/op   ${ratio.toFixed(2)}${verdict}`)
  }
}
