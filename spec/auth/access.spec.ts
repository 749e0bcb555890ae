import { AccessRefused, type AmqpError, NotAllowed } from '../../src/amqp/errors'
import { Access } from '../../src/auth/access'
import { Permissions } from '../../src/auth/permissions'
import { TopicPermissions } from '../../src/auth/topic-permissions'

const permissions = new Permissions()
const topicPermissions = new TopicPermissions()
const access = new Access(permissions, topicPermissions)
permissions.set('ann', '/', { configure: '^c', write: '^w|^amq\\.default$', read: '^r' })
permissions.set('bob', '/', { configure: '', write: '', read: '' })
topicPermissions.set('ann', '/', 'wx', { write: '^a\\.', read: '^b\\.' })

function thrownBy(run: () => void): AmqpError {
  try {
    run()
  } catch (error) {
    return error as AmqpError
  }
  throw new Error('nothing was thrown')
}

describe('access to a queue or exchange', () => {
  it.each([
    ['configure', () => access.requireConfigure('ann', '/', 'queue', 'c1')],
    ['write', () => access.requireWrite('ann', '/', 'exchange', 'w1')],
    ['read', () => access.requireRead('ann', '/', 'queue', 'r1')],
  ])('to %s is silent when it is granted', (_, ask) => expect(ask).not.toThrow())

  it.each([
    [
      "configure access to queue 'q' in vhost '/' refused for user 'ann'",
      () => access.requireConfigure('ann', '/', 'queue', 'q'),
    ],
    [
      "write access to exchange 'x' in vhost '/' refused for user 'ann'",
      () => access.requireWrite('ann', '/', 'exchange', 'x'),
    ],
    [
      "read access to queue 'q' in vhost 'v' refused for user 'ann'",
      () => access.requireRead('ann', 'v', 'queue', 'q'),
    ],
  ])('says: %s', (text, ask) => {
    const error = thrownBy(ask)
    expect(error).toBeInstanceOf(AccessRefused)
    expect([error.replyText, error.closes]).toEqual([`ACCESS_REFUSED - ${text}`, 'channel'])
  })

  it('knows the default exchange as amq.default, and a queue without a name as that', () => {
    expect(() => access.requireWrite('ann', '/', 'exchange', '')).not.toThrow()
    expect(thrownBy(() => access.requireWrite('bob', '/', 'exchange', '')).message).toBe(
      "write access to exchange 'amq.default' in vhost '/' refused for user 'bob'",
    )
    expect(thrownBy(() => access.requireRead('ann', '/', 'queue', '')).message).toBe(
      "read access to queue '' in vhost '/' refused for user 'ann'",
    )
  })
})

describe('access to a topic', () => {
  it('is silent when the key is granted, or none is set', () => {
    expect(() => access.requireTopicWrite('ann', '/', 'wx', 'a.1')).not.toThrow()
    expect(() => access.requireTopicRead('ann', '/', 'wx', 'b.1')).not.toThrow()
    expect(() => access.requireTopicRead('bob', '/', 'wx', 'any')).not.toThrow()
  })

  it.each([
    ['write', () => access.requireTopicWrite('ann', '/', 'wx', 'b.1')],
    ['read', () => access.requireTopicRead('ann', '/', 'wx', 'a.1')],
  ])('names right, key and exchange: %s', (right, ask) => {
    const key = right === 'write' ? 'b.1' : 'a.1'
    expect(thrownBy(ask)).toBeInstanceOf(AccessRefused)
    expect(thrownBy(ask).message).toBe(
      `${right} access to topic '${key}' in exchange topic 'wx' in vhost '/' refused for user 'ann'`,
    )
  })
})

describe('access to a vhost', () => {
  it('needs an entry there, whatever it grants', () => {
    expect(() => access.requireVhost('bob', '/')).not.toThrow()
  })

  it('is refused by closing the connection', () => {
    const error = thrownBy(() => access.requireVhost('bob', 'v'))
    expect(error).toBeInstanceOf(NotAllowed)
    expect([error.replyText, error.closes]).toEqual([
      "NOT_ALLOWED - access to vhost 'v' refused for user 'bob'",
      'connection',
    ])
  })
})

it('the revision of access grows with both kinds of permissions', () => {
  const revisions = [access.revision]
  permissions.set('eve', '/', { configure: '', write: '', read: '' })
  revisions.push(access.revision)
  topicPermissions.set('eve', '/', 'x', { write: '', read: '' })
  revisions.push(access.revision)
  expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b))
})
