/** The trie against a matcher that is too simple to be wrong, and what its matches cost, counted in nodes. */
import fc from 'fast-check'
import type { Destination } from '../../src/exchanges/destination'
import { TopicTrie } from '../../src/exchanges/topic-trie'
import { bindingTo, namesOf, queueNamed } from './arrange'

/** The definition, word for word. Exponential in the number of `#`. */
function naivelyMatches(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return words.length === 0
  if (first === '#')
    return naivelyMatches(rest, words) || (words.length > 0 && naivelyMatches(pattern, words.slice(1)))
  return words.length > 0 && (first === '*' || first === words[0]) && naivelyMatches(rest, words.slice(1))
}

function wordsOf(key: string): string[] {
  return key === '' ? [] : key.split('.')
}

function matchedBy(trie: TopicTrie, routingKey: string): string[] {
  const into = new Set<Destination>()
  trie.match(routingKey, into)
  return namesOf(into)
}

function trieOf(patterns: readonly string[]): TopicTrie {
  const trie = new TopicTrie()
  for (const pattern of patterns) trie.insert(bindingTo(queueNamed(pattern), pattern))
  return trie
}

function visitsOf(trie: TopicTrie, routingKey: string): number {
  const before = trie.visits
  trie.match(routingKey, new Set())
  return trie.visits - before
}

// few and short words, so that patterns and keys meet often; dots make empty words
const keys = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 6 }).map(words => words.join('.'))
const patterns = fc
  .array(fc.constantFrom('a', 'b', 'c', '', '*', '#', '#'), { maxLength: 6 })
  .map(words => words.join('.'))

describe('the topic trie', () => {
  it('matches what the definition matches, for any patterns and keys', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(patterns, { maxLength: 30 }),
        fc.array(keys, { maxLength: 10 }),
        (all, published) => {
          const trie = trieOf(all)
          for (const key of published) {
            const expected = all.filter(pattern => naivelyMatches(wordsOf(pattern), wordsOf(key)))
            expect(matchedBy(trie, key)).toEqual(expected.sort())
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('matches after removals what it would match had the removed never been there', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(patterns, { maxLength: 20 }),
        fc.integer(),
        fc.array(keys),
        (all, seed, published) => {
          const bindings = all.map(pattern => bindingTo(queueNamed(pattern), pattern))
          const removed = bindings.filter((_, index) => ((seed >> (index % 31)) & 1) === 1)
          const trie = new TopicTrie()
          for (const binding of bindings) trie.insert(binding)
          for (const binding of removed) trie.remove(binding)
          const left = bindings
            .filter(binding => !removed.includes(binding))
            .map(binding => binding.routingKey)
          for (const key of published) expect(matchedBy(trie, key)).toEqual(matchedBy(trieOf(left), key))
        },
      ),
    )
  })

  it('is empty again when all that came has gone, in any order', () => {
    fc.assert(
      fc.property(fc.array(patterns, { maxLength: 30 }), fc.func(fc.integer()), (all, rank) => {
        const bindings = all.map((pattern, index) => bindingTo(queueNamed(`q${index}`), pattern))
        const trie = new TopicTrie()
        for (const binding of bindings) trie.insert(binding)
        const shuffled = [...bindings].sort((a, b) => rank(a.identity) - rank(b.identity))
        for (const binding of shuffled) {
          expect(trie.isEmpty).toBe(false)
          trie.remove(binding)
        }
        expect(trie.isEmpty).toBe(true)
      }),
    )
  })

  it('removes only the binding it is given, not another one with the same pattern', () => {
    const trie = new TopicTrie()
    const kept = bindingTo(queueNamed('kept'), 'a.#')
    const gone = bindingTo(queueNamed('gone'), 'a.#')
    trie.insert(kept)
    trie.insert(gone)
    trie.remove(gone)
    expect(matchedBy(trie, 'a.b')).toEqual(['kept'])
    trie.remove(bindingTo(queueNamed('kept'), 'a.#.b'))
    expect(matchedBy(trie, 'a.b')).toEqual(['kept'])
  })
})

describe('the cost of a match', () => {
  it('does not depend on the patterns that cannot match', () => {
    const alone = visitsOf(trieOf(['eu.*.stock', '#.news']), 'eu.de.stock')
    const others = Array.from({ length: 10_000 }, (_, index) => `us.${index}.stock.#`)
    const crowded = visitsOf(trieOf(['eu.*.stock', '#.news', ...others]), 'eu.de.stock')
    expect(crowded).toBe(alone)
  })

  it('ends with the word after which nothing can match', () => {
    const trie = trieOf(['a.b.c.d.e'])
    expect(visitsOf(trie, `x${'.b'.repeat(120)}`)).toBe(1)
  })

  it('is at most words times nodes for patterns made of # and for keys that fail at the end', () => {
    const words = 128
    const key = Array(words).fill('a').join('.') // the longest key there is: 255 bytes
    for (const pattern of [
      Array(words).fill('#').join('.'),
      Array(words / 2)
        .fill('#.a')
        .join('.'),
      Array(words / 2)
        .fill('#.*')
        .join('.'),
      Array(words / 4)
        .fill('#.a.#.b')
        .join('.'),
      Array(words / 4)
        .fill('#.*.a.#')
        .join('.'),
    ]) {
      const nodes = words + 1
      expect(visitsOf(trieOf([pattern]), key)).toBeLessThanOrEqual((words + 1) * nodes)
      expect(visitsOf(trieOf([`${pattern}.z`]), key)).toBeLessThanOrEqual((words + 1) * (nodes + 1))
    }
  })

  it('is so for many such patterns at once', () => {
    const words = ['a', 'b', '*', '#']
    const hostile = Array.from({ length: 4 ** 5 }, (_, index) =>
      Array.from({ length: 5 }, (_unused, place) => `#.${words[Math.floor(index / 4 ** place) % 4]}`).join(
        '.',
      ),
    )
    const nodes = hostile.reduce((sum, pattern) => sum + wordsOf(pattern).length, 1)
    const key = Array(100).fill('a').join('.')
    expect(visitsOf(trieOf(hostile), key)).toBeLessThanOrEqual(101 * nodes)
  })
})
