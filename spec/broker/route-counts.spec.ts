/** Messages that are counted on the remembered route come to exchange and queues, whatever becomes of the route. */
import { bind, unbind } from '../../src/broker/declarations/bindings'
import { declareExchange } from '../../src/broker/declarations/exchange-declarations'
import { declareQueue, removeQueue } from '../../src/broker/declarations/queue-declarations'
import { RouteCache } from '../../src/broker/route-cache'
import type { Vhost } from '../../src/broker/vhost'
import type { Queue } from '../../src/queues/queue'
import { type ComposedBroker, composeBroker } from '../support/composed-broker'
import { ManualTurn } from '../support/manual-turn'
import { messageWith } from '../support/messages'

describe('a message that is published by a remembered route', () => {
  let composed: ComposedBroker
  let vhost: Vhost
  let routes: RouteCache

  beforeEach(() => {
    composed = composeBroker(new ManualTurn())
    vhost = composed.vhost
    const { broker } = composed
    routes = new RouteCache(vhost, broker.users.find('guest')!, broker.access)
  })

  const declared = (name: string): Queue =>
    declareQueue(
      vhost,
      { name, durable: false, autoDelete: false, owner: undefined, arguments: new Map() },
      {},
    )
  const publish = (exchange: string, routingKey: string): void => {
    const message = messageWith('m')
    message.setAddress(exchange, routingKey)
    const route = routes.address(message)
    const queues = routes.queues(route, message, false)
    expect(queues).toBe(route.queues)
    route.published++
  }
  const counted = (queue: Queue) => [queue.tally.publish, Object.fromEntries(queue.tally.sources ?? [])]
  const exchange = (name: string) => vhost.exchanges.get(name)!.tally

  it('is counted when somebody gathers, once', () => {
    const queue = declared('q')
    publish('', 'q')
    publish('', 'q')
    expect(counted(queue)).toEqual([0, {}])
    routes.gather()
    routes.gather()
    expect(counted(queue)).toEqual([2, { '': 2 }])
    expect([exchange('').publishIn, exchange('').publishOut]).toEqual([2, 2])
    expect(composed.broker.counters.routed).toBe(2)
  })

  it('is counted though its queues were forgotten: those of all routes together are so many at most', () => {
    const x = declareExchange(vhost, {
      name: 'x',
      type: 'fanout',
      durable: false,
      autoDelete: false,
      internal: false,
      arguments: new Map(),
    })
    const queues = Array.from({ length: 3000 }, (_, i) => declared(`q${i}`))
    for (const queue of queues) bind(vhost, x, queue, '', new Map())
    const keys = Array.from({ length: 20 }, (_, i) => `key ${i}`)
    for (const key of keys) publish('x', key)
    const remembered = keys.map(key => {
      const message = messageWith('m')
      message.setAddress('x', key)
      return routes.address(message).queues?.length ?? 0
    })
    expect(remembered.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(16_384)
    expect(remembered.at(-1)).toBe(3000)
    routes.gather()
    expect(counted(queues[7]!)).toEqual([20, { x: 20 }])
  })

  it('counts where it went when the route has changed since', () => {
    const x = declareExchange(vhost, {
      name: 'x',
      type: 'fanout',
      durable: false,
      autoDelete: false,
      internal: false,
      arguments: new Map(),
    })
    const [first, second] = [declared('first'), declared('second')]
    bind(vhost, x, first, '', new Map())
    publish('x', '')
    bind(vhost, x, second, '', new Map())
    publish('x', '')
    unbind(vhost, x, first, '', new Map())
    publish('x', '')
    routes.gather()
    expect([counted(first), counted(second)]).toEqual([
      [2, { x: 2 }],
      [2, { x: 2 }],
    ])
    expect([x.tally.publishIn, x.tally.publishOut]).toEqual([3, 4])
  })

  it('is not lost when another route takes its place, or when the connection ends', () => {
    const queues = Array.from({ length: 1000 }, (_, index) => declared(`q${index}`))
    for (const { name } of queues) publish('', name)
    expect(vhost.routeCaches.size).toBe(1)
    routes.close()
    expect(vhost.routeCaches.size).toBe(0)
    expect(queues.map(({ tally }) => tally.publish)).toEqual(queues.map(() => 1))
    expect(exchange('').publishIn).toBe(1000)
  })

  it('stays in the sums of the broker when its queue goes', () => {
    const queue = declared('q')
    publish('', 'q')
    routes.gather()
    queue.tally.ack = 7
    removeQueue(vhost, queue)
    expect(composed.broker.counters.endedQueues.get('classic')?.tally).toMatchObject({ publish: 1, ack: 7 })
  })

  it('is counted from 256 exchanges at most, whatever peers make', () => {
    const queue = declared('q')
    for (let i = 0; i < 1000; i++) queue.tally.cameFrom(`x${i}`, 1)
    expect(queue.tally.publish).toBe(1000)
    expect(queue.tally.sources?.size).toBe(256)
    expect(queue.tally.sources?.has('x999')).toBe(true)
  })
})
