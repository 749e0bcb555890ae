import { Events } from '../../src/broker/events/events'
import { ResourceLimits } from '../../src/broker/limits'
import type { DefinitionChange } from '../../src/store/definition-store'

function limited(): { limits: ResourceLimits; changes: DefinitionChange[] } {
  const changes: DefinitionChange[] = []
  const events = new Events(() => {})
  return { limits: new ResourceLimits({ change: change => changes.push(change) }, events), changes }
}

describe('limits', () => {
  it.each([
    [undefined, 1_000_000, undefined],
    [-1, 1_000_000, undefined],
    [0, 0, 0],
    [5, 4, undefined],
    [5, 5, 5],
    [5, 6, 5],
  ])('of %p are reached by %p: %p', (limit, count, reached) => {
    const { limits } = limited()
    if (limit !== undefined) limits.set('vhost', '/', { 'max-queues': limit })
    expect(limits.reached('vhost', '/', 'max-queues', count)).toBe(reached)
    expect(limits.reached('user', '/', 'max-queues', count)).toBeUndefined()
  })

  it('count connections until they are released, each once', () => {
    const { limits } = limited()
    limits.set('user', 'u', { 'max-connections': 1, 'max-channels': 2 })
    const place = limits.takeConnection('u', '/')
    expect(() => limits.requireRoomForConnection('u', '/')).toThrow(
      "connection refused for user 'u': user connection limit (1) is reached",
    )
    limits.requireRoomForConnection('other', '/')
    place.takeChannel()
    place.takeChannel()
    expect(() => place.takeChannel()).toThrow(
      "number of channels opened for user 'u' has reached the maximum allowed user limit of 2",
    )
    place.releaseChannels(2)
    place.release()
    place.release()
    limits.requireRoomForConnection('u', '/')
    limits.takeConnection('u', '/')
    expect(() => limits.requireRoomForConnection('u', '/')).toThrow(/is reached/)
  })

  it('of the virtual host come first', () => {
    const { limits } = limited()
    limits.set('vhost', 'v', { 'max-connections': 0 })
    limits.set('user', 'u', { 'max-connections': 0 })
    expect(() => limits.requireRoomForConnection('u', 'v')).toThrow(
      "access to vhost 'v' refused for user 'u': connection limit (0) is reached",
    )
  })

  it('are replaced whole, and kept', () => {
    const { limits, changes } = limited()
    limits.set('vhost', 'v', { 'max-connections': 1 })
    limits.set('vhost', 'v', { 'max-queues': 2 })
    expect(limits.get('vhost', 'v')).toEqual({ 'max-queues': 2 })
    limits.set('vhost', 'v', {})
    expect(limits.get('vhost', 'v')).toBeUndefined()
    limits.clear('vhost', 'v')
    expect(changes).toEqual([
      { kind: 'limits', record: { scope: 'vhost', name: 'v', limits: '{"max-connections":1}' } },
      { kind: 'limits', record: { scope: 'vhost', name: 'v', limits: '{"max-queues":2}' } },
      { kind: 'limits-gone', scope: 'vhost', name: 'v' },
    ])
  })

  it.each([
    ['vhost', { 'max-queues': 'many' }, 'max-queues should be a number, actually was <<"many">>'],
    ['vhost', { 'max-queues': 1.5 }, 'max-queues should be a number, actually was 1.5'],
    ['vhost', { 'max-channels': 1 }, 'Unrecognised terms [{<<"max-channels">>,1}] in limits'],
    ['user', { 'max-queues': 1 }, 'Unrecognised terms [{<<"max-queues">>,1}] in user-limits'],
  ] as const)('of a %s as %p are refused', (scope, terms, problem) => {
    const { limits } = limited()
    expect(() => limits.set(scope, 'x', terms)).toThrow(`Validation failed\n\n${problem}\n`)
  })
})
