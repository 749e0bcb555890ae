/** The picture of a virtual host: what is on it, what leads where, and how much fits. */
import { NotFound } from '../../src/amqp/errors'
import { type Topology, type TopologyRequest, topologyOf } from '../../src/broker/topology'
import { ArrangedVhost } from '../support/arranged-vhost'

let given: ArrangedVhost

beforeEach(() => {
  given = new ArrangedVhost()
})

function drawn(request: TopologyRequest = {}): Topology {
  return topologyOf(given.vhost, request)
}

function namesIn({ exchanges, queues }: Topology): string[] {
  return [...exchanges, ...queues].map(({ name }) => name)
}

function edgesIn({ edges }: Topology): string[] {
  return edges.map(({ kind, source, destination, routingKey }) => {
    return `${source.name} ${kind} ${destination.name}${routingKey === undefined ? '' : ` by '${routingKey}'`}`
  })
}

describe('the picture of a virtual host', () => {
  it('has exchanges, queues and bindings, and nothing that nobody uses', () => {
    expect(drawn()).toEqual({ exchanges: [], queues: [], edges: [], isTruncated: false })
    const [x, y] = [given.exchange('x', 'topic'), given.exchange('y')]
    const q = given.queue('q')
    given.bind(x, y, 'a.#')
    given.bind(y, q, '')
    given.bind(given.vhost.requireExchange('amq.topic'), q, 'k')
    given.exchange('later', 'x-delayed-message', { 'x-delayed-type': 'fanout' })
    const picture = drawn()
    expect(namesIn(picture).sort()).toEqual(['amq.topic', 'later', 'q', 'x', 'y'])
    expect(edgesIn(picture).sort()).toEqual([
      "amq.topic binding q by 'k'",
      "x binding y by 'a.#'",
      "y binding q by ''",
    ])
    expect(picture.edges[0]!.binding!.destination.name).toBe(picture.edges[0]!.destination.name)
  })

  it('has the ways of dead letters and alternate exchanges, by arguments and by policies', () => {
    given.exchange('dlx')
    given.exchange('spare')
    given.exchange('x', 'direct', { 'alternate-exchange': 'spare' })
    given.exchange('z', 'direct', { 'alternate-exchange': 'nowhere' })
    given.queue('a', { 'x-dead-letter-exchange': 'dlx', 'x-dead-letter-routing-key': 'dead' })
    given.queue('b', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'a' })
    given.queue('c')
    given.queue('d', { 'x-dead-letter-exchange': 'nowhere' })
    given.vhost.policies.set('policy', 'p', {
      pattern: '^c$',
      'apply-to': 'queues',
      priority: 0,
      definition: { 'dead-letter-exchange': 'dlx' },
    })
    expect(edgesIn(drawn()).sort()).toEqual([
      "a dead-letter dlx by 'dead'",
      "b dead-letter a by 'a'",
      'c dead-letter dlx',
      'x alternate spare',
    ])
  })

  it('shows the busiest when there are too many, and says so', () => {
    for (let i = 0; i < 600; i++) given.queue(`q${i}`)
    const rateOf = ({ name }: { name: string }) => Number(name.slice(1)) % 100
    const all = drawn({ rateOf })
    expect([all.queues.length, all.isTruncated]).toEqual([500, true])
    const few = drawn({ rateOf, nodesMax: 3 })
    expect(namesIn(few)).toEqual(['q99', 'q199', 'q299'])
    expect(drawn({ nodesMax: 600 }).isTruncated).toBe(false)
    expect(namesIn(drawn({ nodesMax: 2 }))).toEqual(['q0', 'q1'])
  })

  it('has so many edges, of an exchange with however many', () => {
    const x = given.exchange('x', 'direct')
    const [q, r] = [given.queue('q'), given.queue('r')]
    for (let i = 0; i < 5001; i++) given.bind(x, q, `${i}`)
    given.bind(x, r, 'k')
    const picture = drawn()
    expect([picture.edges.length, picture.isTruncated]).toEqual([5000, true])
  })
})

describe('the picture of what is around one', () => {
  beforeEach(() => {
    // in ─► x ─► q ─(dead)─► dlx ─► dlq      other ─► far
    const [incoming, x, dlx] = [given.exchange('in'), given.exchange('x'), given.exchange('dlx')]
    const q = given.queue('q', { 'x-dead-letter-exchange': 'dlx' })
    given.bind(incoming, x)
    given.bind(x, q)
    given.bind(dlx, given.queue('dlq'))
    given.bind(given.exchange('other'), given.queue('far'))
  })

  it('goes both ways along bindings and dead letters, so many steps', () => {
    expect(namesIn(drawn({ around: { kind: 'queue', name: 'q' }, steps: 1 })).sort()).toEqual([
      'dlx',
      'q',
      'x',
    ])
    expect(namesIn(drawn({ around: { kind: 'queue', name: 'q' } })).sort()).toEqual([
      'dlq',
      'dlx',
      'in',
      'q',
      'x',
    ])
    const picture = drawn({ around: { kind: 'exchange', name: 'dlx' }, steps: 1 })
    expect(namesIn(picture).sort()).toEqual(['dlq', 'dlx', 'q'])
    expect(edgesIn(picture).sort()).toEqual(["dlx binding dlq by ''", 'q dead-letter dlx'])
  })

  it('takes the nearest when there are too many', () => {
    const picture = drawn({ around: { kind: 'queue', name: 'dlq' }, steps: 9, nodesMax: 3 })
    expect([namesIn(picture).sort(), picture.isTruncated]).toEqual([['dlq', 'dlx', 'q'], true])
  })

  it('needs it to be there', () => {
    expect(() => drawn({ around: { kind: 'queue', name: 'none' } })).toThrow(NotFound)
    expect(() => drawn({ around: { kind: 'exchange', name: 'none' } })).toThrow(NotFound)
  })
})
