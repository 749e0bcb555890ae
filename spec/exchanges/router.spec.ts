/** From exchange to queues: bindings between exchanges, alternate exchanges, several keys. Put to RabbitMQ 3.10.8 too. */
import type { Destination } from '../../src/exchanges/destination'
import { Router } from '../../src/exchanges/router'
import { bindingTo, exchangeOfType, messageWith, namesOf, queueNamed, SmallVhost } from './arrange'

describe('bindings between exchanges', () => {
  it('lead a message on, each by its own key', () => {
    const vhost = new SmallVhost()
    vhost.declare('topic', 'all')
    vhost.declare('direct', 'some')
    vhost.bind('all', 'some', 'eu.#')
    vhost.bind('some', 'berlin', 'eu.de.berlin')
    vhost.bind('some', 'paris', 'eu.fr.paris')
    vhost.bind('all', 'log', '#')
    expect(vhost.route('all', 'eu.de.berlin').queues).toEqual(['berlin', 'log'])
    expect(vhost.route('all', 'us.de.berlin').queues).toEqual(['log'])
  })

  it('yield a queue once that several ways lead to', () => {
    const vhost = new SmallVhost()
    for (const name of ['top', 'left', 'right', 'bottom']) vhost.declare('fanout', name)
    for (const side of ['left', 'right']) {
      vhost.bind('top', side)
      vhost.bind(side, 'bottom')
    }
    for (const source of ['top', 'left', 'bottom']) vhost.bind(source, 'q')
    expect(vhost.route('top', '').queues).toEqual(['q'])
  })

  it('may go round in a circle, or straight back', () => {
    const vhost = new SmallVhost()
    for (const name of ['a', 'b', 'c']) vhost.declare('fanout', name)
    vhost.bind('a', 'b')
    vhost.bind('b', 'c')
    vhost.bind('c', 'a')
    vhost.bind('a', 'a')
    for (const name of ['a', 'b', 'c']) vhost.bind(name, `q${name}`)
    for (const start of ['a', 'b', 'c']) expect(vhost.route(start, '').queues).toEqual(['qa', 'qb', 'qc'])
  })

  it('ask every exchange once, in a mesh of all with all', () => {
    const vhost = new SmallVhost()
    const names = Array.from({ length: 30 }, (_, index) => `x${index}`)
    const asked = names.map(name => jest.spyOn(vhost.declare('fanout', name), 'match'))
    for (const from of names) for (const to of names) vhost.bind(from, to)
    vhost.bind('x29', 'q')
    expect(vhost.route('x0', '').queues).toEqual(['q'])
    expect(asked.map(match => match.mock.calls.length)).toEqual(names.map(() => 1))
  })

  it('end at an exchange that is gone', () => {
    const vhost = new SmallVhost()
    vhost.declare('fanout', 'a')
    vhost.declare('fanout', 'b')
    vhost.bind('a', 'b')
    vhost.bind('b', 'q')
    vhost.delete('b')
    expect(vhost.route('a', '').queues).toEqual([])
  })
})

describe('an alternate exchange', () => {
  function withAlternate(): SmallVhost {
    const vhost = new SmallVhost()
    vhost.declare('fanout', 'spare')
    vhost.bind('spare', 'rest')
    vhost.declare('direct', 'main', { 'alternate-exchange': 'spare' })
    vhost.bind('main', 'q', 'known')
    return vhost
  }

  it('gets what the exchange itself leads nowhere', () => {
    expect(withAlternate().route('main', 'unknown').queues).toEqual(['rest'])
  })

  it('does not get what leads somewhere', () => {
    expect(withAlternate().route('main', 'known').queues).toEqual(['q'])
  })

  it('does not get what leads to an exchange, even if that leads nowhere', () => {
    const vhost = withAlternate()
    vhost.declare('direct', 'deaf')
    vhost.bind('main', 'deaf', 'known to the deaf')
    expect(vhost.route('main', 'known to the deaf').queues).toEqual([])
  })

  it('belongs to its exchange also when a binding led there', () => {
    const vhost = withAlternate()
    vhost.declare('fanout', 'front')
    vhost.bind('front', 'main')
    vhost.bind('front', 'other')
    expect(vhost.route('front', 'unknown').queues).toEqual(['other', 'rest'])
  })

  it('may have an alternate exchange in its turn', () => {
    const vhost = withAlternate()
    vhost.declare('direct', 'middle', { 'alternate-exchange': 'main' })
    vhost.declare('direct', 'first', { 'alternate-exchange': 'middle' })
    expect(vhost.route('first', 'unknown').queues).toEqual(['rest'])
    expect(vhost.route('first', 'known').queues).toEqual(['q'])
  })

  it('may be itself, or in a circle with others: then the message goes nowhere', () => {
    const vhost = new SmallVhost()
    vhost.declare('direct', 'self', { 'alternate-exchange': 'self' })
    vhost.declare('direct', 'one', { 'alternate-exchange': 'two' })
    vhost.declare('direct', 'two', { 'alternate-exchange': 'one' })
    for (const start of ['self', 'one', 'two']) expect(vhost.route(start, 'k').queues).toEqual([])
  })

  it('need not exist', () => {
    const vhost = new SmallVhost()
    vhost.declare('direct', 'main', { 'alternate-exchange': 'never declared' })
    expect(vhost.route('main', 'k').queues).toEqual([])
  })

  it('is not asked when one of several keys leads somewhere', () => {
    expect(withAlternate().route('main', ['unknown', 'known']).queues).toEqual(['q'])
  })
})

describe('a message with several routing keys', () => {
  it('goes to the queues of all of them, once to each', () => {
    const vhost = new SmallVhost()
    vhost.declare('direct', 'x')
    for (const key of ['a', 'b', 'c']) vhost.bind('x', `q${key}`, key)
    vhost.bind('x', 'qa', 'b')
    expect(vhost.route('x', ['a', 'b', 'b', 'none']).queues).toEqual(['qa', 'qb'])
  })

  it('is led on by all of them', () => {
    const vhost = new SmallVhost()
    vhost.declare('fanout', 'front')
    vhost.declare('topic', 'back')
    vhost.bind('front', 'back')
    vhost.bind('back', 'q', 'b.*')
    expect(vhost.route('front', ['a', 'b.1']).queues).toEqual(['q'])
  })

  it('is asked about once where keys mean nothing', () => {
    const vhost = new SmallVhost()
    const match = jest.spyOn(vhost.declare('headers', 'x'), 'match')
    vhost.route('x', ['a', 'b', 'c'], {})
    expect(match).toHaveBeenCalledTimes(1)
  })
})

describe('a route', () => {
  it('may be remembered when only keys decided it', () => {
    const vhost = new SmallVhost()
    vhost.declare('topic', 'x')
    vhost.declare('fanout', 'y')
    vhost.bind('x', 'y', '#')
    vhost.bind('y', 'q')
    expect(vhost.route('x', 'k')).toEqual({ queues: ['q'], rememberable: true })
    expect(vhost.route('y', 'k')).toEqual({ queues: ['q'], rememberable: true })
  })

  it('may not when headers decided a part of it, at whatever distance', () => {
    const vhost = new SmallVhost()
    vhost.declare('headers', 'h')
    vhost.declare('direct', 'alternating', { 'alternate-exchange': 'h' })
    vhost.declare('topic', 'x')
    vhost.bind('x', 'h', 'to.h.#')
    vhost.bind('h', 'q', '', { colour: 'red' })
    expect(vhost.route('h', 'k', { colour: 'blue' })).toEqual({ queues: [], rememberable: false })
    expect(vhost.route('x', 'to.h', { colour: 'red' })).toEqual({ queues: ['q'], rememberable: false })
    expect(vhost.route('alternating', 'k', { colour: 'red' })).toEqual({ queues: ['q'], rememberable: false })
    expect(vhost.route('x', 'elsewhere', { colour: 'red' })).toEqual({ queues: [], rememberable: true })
  })

  it('may not when there were more keys than the own one', () => {
    const vhost = new SmallVhost()
    vhost.declare('direct', 'x')
    vhost.bind('x', 'q', 'a')
    expect(vhost.route('x', ['a', 'b'])).toEqual({ queues: ['q'], rememberable: false })
  })

  it('is added to what the caller has already', () => {
    const x = exchangeOfType('direct', 'x', { 'alternate-exchange': 'spare' })
    const spare = exchangeOfType('fanout', 'spare')
    const [p, q, s] = [queueNamed('p'), queueNamed('q'), queueNamed('s')]
    x.bind(bindingTo(q, 'k'))
    spare.bind(bindingTo(s, '', {}, 'spare'))
    const into = new Set<Destination>([p, q])
    new Router({ exchange: () => spare }).route(x, messageWith('k'), ['k'], into)
    expect(namesOf(into)).toEqual(['p', 'q'])
  })

  it('leaves nothing behind when headers cannot be decoded', () => {
    const vhost = new SmallVhost()
    vhost.declare('fanout', 'front')
    const headers = vhost.declare('headers', 'h')
    vhost.declare('direct', 'other')
    vhost.bind('front', 'before')
    vhost.bind('front', 'h')
    vhost.bind('h', 'q', '', { a: 1 })
    const undecodable = jest.spyOn(headers, 'match').mockImplementation((_key, _message, into) => {
      into.add(queueNamed('half-way'))
      throw new Error('no field type')
    })
    expect(() => vhost.route('front', 'k')).toThrow('no field type')
    undecodable.mockRestore()
    expect(vhost.route('other', 'k').queues).toEqual([])
  })
})
