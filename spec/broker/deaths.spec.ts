/** The history that dead letters carry. */
import type { FieldTable, FieldValue } from '../../src/amqp/table'
import { type Death, isCycle, withDeath } from '../../src/broker/deaths'

function death(queue: string, reason: Death['reason'] = 'rejected', more: Partial<Death> = {}): Death {
  return { queue, reason, exchange: 'x', routingKeys: ['k'], time: 7, expiration: undefined, ...more }
}

/** After these deaths, one after the other. */
function historyOf(...deaths: readonly Death[]): FieldTable {
  let headers: FieldTable = new Map()
  for (const one of deaths) headers = withDeath(headers, one, true)
  return headers
}

function eventsOf(headers: FieldTable): readonly FieldTable[] {
  const field = headers.get('x-death')
  if (field?.type !== 'A') return []
  return field.value.flatMap(event => (event.type === 'F' ? [event.value] : []))
}

function shown(headers: FieldTable): string[] {
  return eventsOf(headers).map(event =>
    ['queue', 'reason', 'count'].map(key => textOf(event.get(key))).join(' '),
  )
}

function textOf(field: FieldValue | undefined): string {
  return field === undefined || field.type === 'V' ? '' : String(field.value)
}

describe('the history of a dead letter', () => {
  it('has one event for each queue and reason, the newest first, and counts', () => {
    const headers = historyOf(
      death('a'),
      death('b', 'expired'),
      death('a', 'maxlen'),
      death('b', 'expired'),
      death('a'),
    )
    expect(shown(headers)).toEqual(['a rejected 2', 'b expired 2', 'a maxlen 1'])
  })

  it('keeps of an event that happens again what it was the first time', () => {
    const [event] = eventsOf(
      historyOf(death('a', 'expired', { time: 1, expiration: '10' }), death('a', 'expired', { time: 9 })),
    )
    expect(event?.get('time')).toEqual({ type: 'T', value: 1 })
    expect(textOf(event?.get('original-expiration'))).toBe('10')
    expect(event?.get('count')).toEqual({ type: 'l', value: 2 })
  })

  it('says in headers of their own which was the first and which the last', () => {
    const headers = historyOf(
      death('a', 'expired', { exchange: 'one' }),
      death('b', 'maxlen', { exchange: 'two' }),
    )
    const said = ['first', 'last'].map(which =>
      ['queue', 'reason', 'exchange'].map(key => textOf(headers.get(`x-${which}-death-${key}`))).join(' '),
    )
    expect(said).toEqual(['a expired one', 'b maxlen two'])
  })

  it('forgets what a client claimed', () => {
    const claimed = historyOf(death('mine', 'expired'), death('mine too'))
    const headers = withDeath(claimed, death('a'), false)
    expect([shown(headers), textOf(headers.get('x-first-death-queue'))]).toEqual([['a rejected 1'], 'a'])
  })

  it.each<[string, FieldValue]>([
    ['a text', { type: 'S', value: Buffer.from('once') }],
    ['an array of texts', { type: 'A', value: [{ type: 'S', value: Buffer.from('once') }] }],
    ['an array of empty tables', { type: 'A', value: [{ type: 'F', value: new Map() }] }],
    ['nothing', { type: 'V' }],
  ])('survives an x-death that is %s', (_, field) => {
    const headers = withDeath(new Map([['x-death', field]]), death('a'), true)
    expect(shown(headers)[0]).toBe('a rejected 1')
    expect(isCycle(headers, 'a')).toBe(false)
  })

  it('leaves the headers it was given as they were', () => {
    const before = historyOf(death('a'))
    withDeath(before, death('a'), true)
    expect(shown(before)).toEqual(['a rejected 1'])
  })
})

describe('a dead letter goes round for ever', () => {
  it('when it died there before and nobody rejected it since', () => {
    expect(isCycle(historyOf(death('a', 'expired'), death('b', 'maxlen')), 'a')).toBe(true)
    expect(isCycle(historyOf(death('a', 'expired'), death('b', 'delivery_limit')), 'a')).toBe(true)
  })

  it('not when somebody rejected it on the way, or it was never there', () => {
    expect(isCycle(historyOf(death('a', 'expired'), death('b')), 'a')).toBe(false)
    expect(isCycle(historyOf(death('a'), death('b', 'expired')), 'a')).toBe(false)
    expect(isCycle(historyOf(death('b', 'expired')), 'a')).toBe(false)
  })
})
