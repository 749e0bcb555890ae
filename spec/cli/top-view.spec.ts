import { stripVTControlCharacters } from 'node:util'
import {
  afterKey,
  footLine,
  headLines,
  rowLines,
  type TopState,
  topQuery,
  topState,
} from '../../src/cli/top-view'

const start = topState('queues', undefined)

function typed(keys: string, from: TopState = start): TopState {
  return [...keys].reduce(afterKey, from)
}

describe('leveret top', () => {
  it('ends with q and with Ctrl-C', () => {
    expect(typed('q').ended).toBe('quit')
    expect(typed('\u0003').ended).toBe('interrupted')
    expect(typed('/\u0003').ended).toBe('interrupted')
    expect(start.ended).toBeUndefined()
  })

  it('sorts by one column after the other, the largest first, and names upwards', () => {
    const sorts = ['', 's', 'ss', 'sss', 'ssss', 'sssss', 'ssssss'].map(keys => {
      const { sort, sort_reverse: reverse } = topQuery(typed(keys), 10)
      return `${sort} ${reverse}`
    })
    expect(sorts).toEqual([
      'messages true',
      'message_stats.publish_details.rate true',
      'message_stats.deliver_get_details.rate true',
      'messages_ready true',
      'messages_unacknowledged true',
      'name undefined',
      'messages true',
    ])
  })

  it('goes from queues to connections and back', () => {
    expect(typed('\t').view).toBe('connections')
    expect(topQuery(typed('\t'), 10).sort).toBe('recv_oct_details.rate')
    expect(typed('\t\t')).toEqual(start)
  })

  it('filters by what is typed after a slash, keys of commands too', () => {
    const state = typed('/quex\u007fs\r')
    expect(state).toMatchObject({ filter: 'ques', typed: undefined, ended: undefined })
    expect(topQuery(state, 10)).toMatchObject({ name: 'ques', use_regex: false })
    expect(typed('/abc\u001b', state).filter).toBe('ques')
    expect(typed('/\r', state).filter).toBe('')
    expect(topQuery(start, 10)).not.toHaveProperty('name')
  })

  it('shows what is typed, and takes no control characters', () => {
    expect(footLine(typed('/ab'))).toBe('filter: ab_')
    expect(typed('/a').typed).toBe(afterKey(typed('/a'), '\u001b[A').typed)
  })

  it('asks for as many rows as there is room for, and no more than a page', () => {
    expect(topQuery(start, 12).page_size).toBe(12)
    expect(topQuery(start, 0).page_size).toBe(1)
    expect(topQuery(start, 9999).page_size).toBe(500)
  })

  it('draws rows as wide as the terminal', () => {
    const items = [
      {
        name: 'o'.repeat(200),
        vhost: '/',
        messages: 12,
        messages_ready: 10,
        message_stats: { ack_details: { rate: 1.26 } },
      },
      { name: 'a\u001b[2Jb', vhost: 'shop', messages: 3 },
    ]
    const lines = rowLines(start, items, 120)
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120)
    expect(lines[1]).toMatch(/^o+… {2}\/ +10 .* 1\.3 .* 12$/)
    expect(lines[2]).toContain('a\\u001b[2Jb')
    expect(stripVTControlCharacters(lines.join(''))).toBe(lines.join(''))
  })

  it('leaves out the last columns where there is no room for them', () => {
    const items = [{ name: 'orders', vhost: '/', messages_ready: 1 }]
    for (const width of [200, 100, 80, 40, 10, 1]) {
      const lines = rowLines(start, items, width)
      for (const line of lines) expect(line).toHaveLength(width)
    }
    expect(rowLines(start, items, 80)[0]).toMatch(/^queue .* out\/s *$/)
  })

  it('tells the totals, of a broker that says nothing too', () => {
    const overview = {
      product_name: 'Leveret',
      object_totals: { queues: 7, connections: 2 },
      queue_totals: { messages_ready: 5 },
      message_stats: { publish_details: { rate: 99.6 } },
    }
    const text = headLines(typed('/x\r'), overview).join('\n')
    expect(text).toContain('7 queues  2 connections')
    expect(text).toContain('ready 5')
    expect(text).toContain('published 100/s')
    expect(text).toContain('sorted by total, with "x"')
    expect(headLines(start, {}).join('\n')).toContain('0 queues')
  })
})
