import type { Broker } from '../../src/broker/broker'
import type { BrokerEvent } from '../../src/broker/events/events'
import { ValidationFailed } from '../../src/broker/validation'
import { composeBroker } from '../support/composed-broker'
import { ManualTurn } from '../support/manual-turn'

let broker: Broker
let heard: BrokerEvent[]
beforeEach(() => {
  broker = composeBroker(new ManualTurn()).broker
  heard = []
  broker.events.listen(event => heard.push(event))
})

const toldOf = () => heard.map(event => [event.kind, 'name' in event ? event.name : undefined])

describe('a runtime parameter', () => {
  it('of a component that nobody is, is refused', () => {
    expect(() => broker.parameters.set('/', 'nope', 'x', {})).toThrow(
      new ValidationFailed(['component nope not found']),
    )
    expect(() => broker.parameters.set('/', 'nope', 'x', {})).toThrow(
      'Validation failed\n\ncomponent nope not found\n',
    )
    expect(broker.parameters.list()).toEqual([])
  })

  it('is no way to set or clear policies', () => {
    expect(() => broker.parameters.set('/', 'policy', 'x', {})).toThrow(
      'policies may not be set using this method',
    )
    expect(() => broker.parameters.clear('/', 'policy', 'x')).toThrow(
      'policies may not be cleared using this method',
    )
  })

  it('is checked by its component, obeyed, told of and listed', () => {
    const obeyed: unknown[] = []
    broker.parameters.register('shovel', {
      check: (_, name, value) => {
        if (value === 'wrong') throw new ValidationFailed([`${name} is wrong`])
      },
      set: (...what) => obeyed.push(['set', ...what]),
      clear: (...what) => obeyed.push(['clear', ...what]),
    })
    expect(() => broker.parameters.set('/', 'shovel', 's', 'wrong')).toThrow(
      'Validation failed\n\ns is wrong\n',
    )
    broker.parameters.set('/', 'shovel', 's', { uri: 'amqp://' })
    broker.parameters.set('/', 'shovel', 's', { uri: 'amqp://other' })
    const parameter = { vhost: '/', component: 'shovel', name: 's', value: { uri: 'amqp://other' } }
    expect(broker.parameters.get('/', 'shovel', 's')).toEqual(parameter)
    expect(broker.parameters.list('/')).toEqual([parameter])
    expect(broker.parameters.list('/', 'nope')).toEqual([])
    expect(broker.parameters.list('elsewhere')).toEqual([])
    expect(broker.parameters.clear('/', 'shovel', 's')).toBeDefined()
    expect(broker.parameters.clear('/', 'shovel', 's')).toBeUndefined()
    expect(obeyed).toEqual([
      ['set', '/', 's', { uri: 'amqp://' }],
      ['set', '/', 's', { uri: 'amqp://other' }],
      ['clear', '/', 's'],
    ])
    expect(toldOf()).toEqual([
      ['parameter.set', 's'],
      ['parameter.set', 's'],
      ['parameter.cleared', 's'],
    ])
  })

  it('goes with its virtual host', () => {
    const cleared: unknown[] = []
    broker.parameters.register('shovel', { check() {}, set() {}, clear: (...what) => cleared.push(what) })
    broker.putVhost('v')
    broker.parameters.set('v', 'shovel', 's', {})
    broker.parameters.set('/', 'shovel', 't', {})
    broker.deleteVhost('v')
    expect(broker.parameters.list().map(({ name }) => name)).toEqual(['t'])
    expect(cleared).toEqual([['v', 's']])
  })

  it('of the limits of a virtual host is those limits, either way', () => {
    broker.parameters.set('/', 'vhost-limits', 'limits', { 'max-queues': 3 })
    expect(broker.limits.get('vhost', '/')).toEqual({ 'max-queues': 3 })
    expect(broker.parameters.list('/', 'vhost-limits')).toEqual([
      { vhost: '/', component: 'vhost-limits', name: 'limits', value: { 'max-queues': 3 } },
    ])
    expect(() => broker.parameters.set('/', 'vhost-limits', 'other', {})).toThrow('called limits')
    expect(() => broker.parameters.set('/', 'vhost-limits', 'limits', 5)).toThrow('limits not a list 5')
    expect(broker.parameters.clear('/', 'vhost-limits', 'limits')).toBeDefined()
    expect(broker.parameters.clear('/', 'vhost-limits', 'limits')).toBeUndefined()
    expect(broker.limits.get('vhost', '/')).toBeUndefined()
    expect(toldOf()).toEqual([
      ['parameter.set', 'limits'],
      ['vhost.limits.set', '/'],
      ['parameter.cleared', 'limits'],
      ['vhost.limits.cleared', '/'],
    ])
  })

  it('of an operator policy is that policy, either way', () => {
    const terms = { pattern: '^q', definition: { expires: 5 }, priority: 1, 'apply-to': 'queues' }
    broker.parameters.set('/', 'operator_policy', 'op', terms)
    expect(broker.vhosts.get('/')?.policies.get('operator-policy', 'op')).toMatchObject({ pattern: '^q' })
    expect(broker.parameters.list()).toEqual([
      { vhost: '/', component: 'operator_policy', name: 'op', value: terms },
    ])
    expect(broker.parameters.clear('/', 'operator_policy', 'op')).toBeDefined()
    expect(broker.parameters.clear('/', 'operator_policy', 'op')).toBeUndefined()
    expect(toldOf()).toEqual([
      ['parameter.set', 'op'],
      ['policy.set', 'op'],
      ['parameter.cleared', 'op'],
      ['operator.policy.cleared', 'op'],
    ])
  })
})

describe('a global parameter', () => {
  it('is any JSON, and told of', () => {
    broker.parameters.setGlobal('mine', { a: [1, 2, null] })
    broker.parameters.setGlobal('mine', 5)
    expect(broker.parameters.getGlobal('mine')).toEqual({ name: 'mine', value: 5 })
    expect(broker.parameters.clearGlobal('mine')).toBeDefined()
    expect(broker.parameters.clearGlobal('mine')).toBeUndefined()
    expect(broker.parameters.getGlobal('mine')).toBeUndefined()
    expect(toldOf()).toEqual([
      ['parameter.set', 'mine'],
      ['parameter.set', 'mine'],
      ['parameter.cleared', 'mine'],
    ])
  })

  it('names the cluster from the first start on', () => {
    const { clusterId } = broker.parameters
    expect(clusterId).toMatch(/^rabbitmq-cluster-id-[\w-]{22}$/)
    expect(broker.parameters.getGlobal('internal_cluster_id')?.value).toBe(clusterId)
    expect(composeBroker(new ManualTurn()).broker.parameters.clusterId).not.toBe(clusterId)
  })
})
