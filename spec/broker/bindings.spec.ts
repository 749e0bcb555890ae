import { removeExchange, unbind } from '../../src/broker/declarations/bindings'
import { declareExchange } from '../../src/broker/declarations/exchange-declarations'
import { ArrangedVhost } from '../support/arranged-vhost'

describe('a queue that is bound many times', () => {
  it('is unbound once without a look at the other bindings', () => {
    const arranged = new ArrangedVhost()
    const exchange = arranged.exchange('x', 'direct')
    const queue = arranged.queue('q')
    for (let i = 0; i < 100; i++) arranged.bind(exchange, queue, `key ${i}`)
    const looked = jest.spyOn(exchange, 'bindingsTo')
    for (let i = 0; i < 99; i++) unbind(arranged.vhost, exchange, queue, `key ${i}`, new Map())
    expect(looked).not.toHaveBeenCalled()
    expect(arranged.publish('x', 'key 98')).toEqual([])
    expect(arranged.publish('x', 'key 99')).toEqual(['q'])
    expect(arranged.vhost.sources.get(queue)).toEqual(new Set([exchange]))
    unbind(arranged.vhost, exchange, queue, 'key 99', new Map())
    expect(arranged.vhost.sources.has(queue)).toBe(false)
  })
})

describe('a transient exchange with many bindings', () => {
  const arrange = () => {
    const arranged = new ArrangedVhost()
    const { vhost } = arranged
    const properties = { durable: false, autoDelete: false, internal: false, arguments: new Map() }
    const exchange = declareExchange(vhost, { name: 'x', type: 'topic', ...properties })
    const queues = [arranged.queue('a'), arranged.queue('b')]
    for (let i = 0; i < 100; i++) arranged.bind(exchange, queues[i % 2]!, `key.${i}`)
    const looked = jest.spyOn(exchange, 'bindings')
    return { vhost, exchange, looked }
  }

  it('goes without a look at each of them', () => {
    const { vhost, exchange, looked } = arrange()
    let looks = 0
    const none = {
      [Symbol.iterator]() {
        looks++
        return [][Symbol.iterator]()
      },
    }
    looked.mockReturnValue(none)
    removeExchange(vhost, exchange)
    expect(looks).toBe(0)
    expect(vhost.exchanges.has('x')).toBe(false)
    expect(vhost.sources.size).toBe(0)
  })

  it('tells of each of them whoever listens', () => {
    const { vhost, exchange } = arrange()
    const keys: string[] = []
    vhost.around.events.listen(event => {
      if (event.kind === 'binding.deleted') keys.push(event.routingKey)
    })
    removeExchange(vhost, exchange)
    expect(keys.sort()).toEqual(Array.from({ length: 100 }, (_, i) => `key.${i}`).sort())
    expect(vhost.sources.size).toBe(0)
  })
})
