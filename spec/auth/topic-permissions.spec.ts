import { InvalidPattern } from '../../src/auth/pattern'
import { TopicPermissions } from '../../src/auth/topic-permissions'

function topicsOf(write: string, user = 'ann', vhost = '/'): TopicPermissions {
  const topics = new TopicPermissions()
  topics.set(user, vhost, 'amq.topic', { write, read: '^r' })
  return topics
}

describe('topic permissions', () => {
  it.each([
    ['bob', '/', 'amq.topic'],
    ['ann', 'other', 'amq.topic'],
    ['ann', '/', 'other'],
  ])('allow every key to %s in %s at %s, where none is set', (user, vhost, exchange) => {
    expect(topicsOf('^a').check(user, vhost, exchange, 'write', 'z')).toBe(true)
  })

  it('are apart for write and read', () => {
    const topics = topicsOf('^w')
    const check = (right: 'write' | 'read', key: string) => topics.check('ann', '/', 'amq.topic', right, key)
    expect([
      check('write', 'w.1'),
      check('write', 'r.1'),
      check('read', 'w.1'),
      check('read', 'r.1'),
    ]).toEqual([true, false, false, true])
  })

  it('that are empty allow no key but the empty one', () => {
    const topics = topicsOf('')
    expect([
      topics.check('ann', '/', 'amq.topic', 'write', 'a'),
      topics.check('ann', '/', 'amq.topic', 'write', ''),
    ]).toEqual([false, true])
  })

  it('put the names of user and vhost for their variables', () => {
    const topics = topicsOf('^{vhost}-{username}\\.', 'ann', 'prod')
    const check = (key: string) => topics.check('ann', 'prod', 'amq.topic', 'write', key)
    expect([check('prod-ann.x'), check('prod-bob.x'), check('{vhost}-{username}.x')]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('take a name that looks like a pattern, or like a variable, for itself', () => {
    const dots = topicsOf('^{username}$', '.*')
    const variable = topicsOf('^{username}$', '{vhost}')
    expect(dots.check('.*', '/', 'amq.topic', 'write', 'anything')).toBe(false)
    expect(dots.check('.*', '/', 'amq.topic', 'write', '.*')).toBe(true)
    expect(variable.check('{vhost}', '/', 'amq.topic', 'write', '/')).toBe(false)
  })

  it('with a bad pattern are refused and leave everything as it was', () => {
    const topics = topicsOf('^a')
    const revision = topics.revision
    expect(() => topics.set('ann', '/', 'amq.topic', { write: '.*', read: '[' })).toThrow(InvalidPattern)
    expect(topics.find('ann', '/', 'amq.topic')).toMatchObject({ write: '^a', read: '^r' })
    expect(topics.revision).toBe(revision)
  })

  it('are cleared for one exchange or for all of a vhost', () => {
    const topics = topicsOf('^a')
    topics.set('ann', '/', 'x', { write: '', read: '' })
    topics.set('ann', '/', 'y', { write: '', read: '' })
    expect([topics.clear('ann', '/', 'x'), topics.clear('ann', '/', 'x')]).toEqual([true, false])
    expect([...topics].map(entry => entry.exchange)).toEqual(['amq.topic', 'y'])
    expect([topics.clear('ann', '/'), topics.clear('ann', '/'), [...topics].length]).toEqual([true, false, 0])
  })

  it('are forgotten with their user and with their vhost', () => {
    const topics = topicsOf('^a')
    topics.set('bob', 'v', 'x', { write: '', read: '' })
    topics.forgetUser('ann')
    expect([...topics]).toEqual([{ user: 'bob', vhost: 'v', exchange: 'x', write: '', read: '' }])
    topics.forgetVhost('v')
    expect([...topics]).toEqual([])
  })

  it('grow in revision with every change', () => {
    const topics = topicsOf('^a')
    const before = topics.revision
    topics.clear('ann', '/', 'amq.topic')
    const cleared = topics.revision
    topics.clear('ann', '/', 'amq.topic')
    expect([cleared > before, topics.revision]).toEqual([true, cleared])
  })
})
