import { unbind } from '../../src/broker/bindings'
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
