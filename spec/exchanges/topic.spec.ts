/** What the patterns of a topic exchange mean. Every line was put to RabbitMQ 3.10.8 as well and agreed. */
import { bindingTo, exchangeOfType, matched, queueNamed } from './arrange'

interface Meaning {
  readonly pattern: string
  readonly takes: readonly string[]
  readonly leaves: readonly string[]
}

const meanings: readonly Meaning[] = [
  {
    pattern: 'stock',
    takes: ['stock'],
    leaves: ['', 'Stock', 'stock.', '.stock', 'stocks', 'stock.nyse', '*', '#'],
  },
  {
    pattern: 'stock.nyse',
    takes: ['stock.nyse'],
    leaves: ['stock', 'nyse', 'stock.nyse.ibm', 'stock..nyse', 'stock.*'],
  },
  { pattern: '', takes: [''], leaves: ['.', 'a', '#'] },
  { pattern: '.', takes: ['.'], leaves: ['', '..', 'a', 'a.', '.a'] },
  { pattern: 'a.', takes: ['a.'], leaves: ['a', 'a.b', 'a..'] },
  { pattern: '.a', takes: ['.a'], leaves: ['a', 'b.a'] },
  { pattern: 'a..b', takes: ['a..b'], leaves: ['a.b', 'a.x.b'] },
  { pattern: '*', takes: ['a', 'two words', '*', '#', 'ä'], leaves: ['', '.', 'a.b'] },
  { pattern: '*.*', takes: ['a.b', '.', 'a.', '.b', '*.#'], leaves: ['', 'a', '..', 'a.b.c'] },
  { pattern: 'a.*', takes: ['a.b', 'a.', 'a.*', 'a.#'], leaves: ['a', 'a.b.c', 'b.a', '.a'] },
  { pattern: '*.b', takes: ['a.b', '.b', 'b.b'], leaves: ['b', 'a.b.b', 'a.b.'] },
  { pattern: 'a.*.c', takes: ['a.b.c', 'a..c'], leaves: ['a.c', 'a.b.b.c', 'a.b.c.d', 'b.b.c'] },
  { pattern: '#', takes: ['', 'a', '.', 'a.b.c', '#', '*'], leaves: [] },
  { pattern: 'a.#', takes: ['a', 'a.', 'a.b', 'a.b.c', 'a.#'], leaves: ['', 'b', 'b.a', 'aa', '.a'] },
  { pattern: '#.b', takes: ['b', '.b', 'a.b', 'a.b.b', 'b.b'], leaves: ['', 'a', 'b.a', 'b.', 'ab'] },
  {
    pattern: 'a.#.c',
    takes: ['a.c', 'a..c', 'a.b.c', 'a.b.b.c', 'a.c.c'],
    leaves: ['a', 'c', 'ac', 'a.c.', 'b.a.c', 'a.c.b'],
  },
  {
    pattern: '#.b.#',
    takes: ['b', 'a.b', 'b.c', 'a.b.c', '.b.', 'b.b.b', 'a.a.b'],
    leaves: ['', 'a', 'ab.c', 'a.c'],
  },
  { pattern: '#.#', takes: ['', 'a', '.', 'a.b.c'], leaves: [] },
  { pattern: '#.#.#', takes: ['', 'a', 'a.b', 'a.b.c.d'], leaves: [] },
  { pattern: '*.#', takes: ['a', '.', 'a.b', 'a.b.c'], leaves: [''] },
  { pattern: '#.*', takes: ['a', '.', 'a.b', 'a.b.c'], leaves: [''] },
  { pattern: '#.*.#', takes: ['a', '.', 'a.b', 'a.b.c'], leaves: [''] },
  { pattern: '*.#.*', takes: ['.', 'a.b', 'a.b.c', 'a.b.c.d'], leaves: ['', 'a'] },
  { pattern: '*.#.#', takes: ['a', 'a.b.c'], leaves: [''] },
  { pattern: 'a.#.#', takes: ['a', 'a.b', 'a.b.c'], leaves: ['', 'b.a'] },
  { pattern: '#.a.#.a.#', takes: ['a.a', 'b.a.b.a.b', 'a.b.a', 'a.a.a'], leaves: ['a', 'a.b', 'b.a', 'aa'] },
  { pattern: 'a*', takes: ['a*'], leaves: ['a', 'ab', 'a.b'] },
  { pattern: '#a.*b', takes: ['#a.*b'], leaves: ['a.b', 'xa.xb', '#a.b'] },
]

describe('a topic exchange', () => {
  it.each(meanings)(
    'with the pattern "$pattern" takes $takes and leaves $leaves',
    ({ pattern, takes, leaves }) => {
      const exchange = exchangeOfType('topic')
      exchange.bind(bindingTo(queueNamed('q'), pattern))
      const taken = [...takes, ...leaves].filter(key => matched(exchange, key).length > 0)
      expect(taken).toEqual([...takes])
    },
  )

  it.each(meanings)(
    'takes the same for "$pattern" among all other patterns',
    ({ pattern, takes, leaves }) => {
      const exchange = exchangeOfType('topic')
      for (const other of meanings) exchange.bind(bindingTo(queueNamed(`<${other.pattern}>`), other.pattern))
      const taken = [...takes, ...leaves].filter(key => matched(exchange, key).includes(`<${pattern}>`))
      expect(taken).toEqual([...takes])
    },
  )

  it('yields a queue once that matches by several patterns', () => {
    const exchange = exchangeOfType('topic')
    const queue = queueNamed('q')
    for (const pattern of ['a.b', 'a.*', 'a.#', '#', '#.b', '#.#']) exchange.bind(bindingTo(queue, pattern))
    expect(matched(exchange, 'a.b')).toEqual(['q'])
  })

  it('keeps the other patterns when one goes, above and below it', () => {
    const exchange = exchangeOfType('topic')
    for (const pattern of ['a', 'a.b', 'a.b.c', 'a.#']) exchange.bind(bindingTo(queueNamed(pattern), pattern))
    exchange.unbind(bindingTo(queueNamed('a.b'), 'a.b'))
    expect(matched(exchange, 'a.b')).toEqual(['a.#'])
    expect(matched(exchange, 'a.b.c')).toEqual(['a.#', 'a.b.c'])
    exchange.unbind(bindingTo(queueNamed('a.#'), 'a.#'))
    expect(matched(exchange, 'a')).toEqual(['a'])
    expect(matched(exchange, 'a.b.c')).toEqual(['a.b.c'])
  })

  it('takes as many # as anyone likes, where RabbitMQ 4 stops at two', () => {
    const exchange = exchangeOfType('topic')
    exchange.bind(bindingTo(queueNamed('q'), 'a.#.b.#.c.#.d'))
    expect(matched(exchange, 'a.x.b.c.y.y.d')).toEqual(['q'])
    expect(matched(exchange, 'a.x.c.b.y.y.d')).toEqual([])
  })
})
