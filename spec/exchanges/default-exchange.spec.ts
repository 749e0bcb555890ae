import { AccessRefused } from '../../src/amqp/errors'
import { DefaultExchange } from '../../src/exchanges/default-exchange'
import type { Destination } from '../../src/exchanges/destination'
import { matched, queueNamed } from './arrange'

describe('the default exchange', () => {
  const queues = new Map<string, Destination>([['orders', queueNamed('orders')]])
  const exchange = new DefaultExchange(name => queues.get(name))

  it('is a durable direct exchange without a name', () => {
    expect(exchange).toMatchObject({
      name: '',
      type: 'direct',
      durable: true,
      autoDelete: false,
      internal: false,
    })
  })

  it('yields the queue whose name is the routing key', () => {
    expect(matched(exchange, 'orders')).toEqual(['orders'])
  })

  it('yields nothing for a key that is no queue', () => {
    expect(matched(exchange, 'order')).toEqual([])
    expect(matched(exchange, '')).toEqual([])
  })

  it('yields a queue as soon as it is there and no longer than that', () => {
    queues.set('late', queueNamed('late'))
    expect(matched(exchange, 'late')).toEqual(['late'])
    queues.delete('late')
    expect(matched(exchange, 'late')).toEqual([])
  })

  it('refuses to be bound or unbound', () => {
    const refusal = new AccessRefused('operation not permitted on the default exchange')
    expect(() => exchange.bind()).toThrow(refusal)
    expect(() => exchange.unbind()).toThrow(refusal)
  })
})
