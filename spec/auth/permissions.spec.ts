import fc from 'fast-check'
import { InvalidPattern } from '../../src/auth/pattern'
import { Permissions } from '../../src/auth/permissions'

const ALL = { configure: '.*', write: '.*', read: '.*' }

function permissionsOf(user: string, vhost: string, patterns = ALL): Permissions {
  const permissions = new Permissions()
  permissions.set(user, vhost, patterns)
  return permissions
}

describe('permissions', () => {
  it('grant nothing to whom nothing was granted, not even the vhost', () => {
    const permissions = permissionsOf('ann', '/')
    expect(permissions.check('bob', '/', 'read', 'q')).toBe(false)
    expect(permissions.check('ann', 'other', 'read', 'q')).toBe(false)
    expect([permissions.admits('bob', '/'), permissions.admits('ann', 'other')]).toEqual([false, false])
  })

  it('are apart for configure, write and read', () => {
    const permissions = permissionsOf('ann', '/', { configure: '^c', write: '^w', read: '^r' })
    const verdicts = (['configure', 'write', 'read'] as const).map(right =>
      ['c1', 'w1', 'r1'].map(name => permissions.check('ann', '/', right, name)),
    )
    expect(verdicts).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ])
  })

  it('with empty patterns admit to the vhost and to no name in it', () => {
    const permissions = permissionsOf('ann', '/', { configure: '', write: '', read: '' })
    expect([permissions.admits('ann', '/'), permissions.check('ann', '/', 'read', 'q')]).toEqual([
      true,
      false,
    ])
  })

  it('hold from the moment they are changed, whatever was asked before', () => {
    const permissions = permissionsOf('ann', '/')
    const before = permissions.check('ann', '/', 'write', 'q')
    permissions.set('ann', '/', { ...ALL, write: '^x' })
    expect([before, permissions.check('ann', '/', 'write', 'q')]).toEqual([true, false])
  })

  it('with a bad pattern are refused and leave everything as it was', () => {
    const permissions = permissionsOf('ann', '/')
    const revision = permissions.revision
    expect(() => permissions.set('ann', '/', { ...ALL, read: '(' })).toThrow(InvalidPattern)
    expect([permissions.find('ann', '/'), permissions.revision]).toEqual([ALL, revision])
  })

  it('grow in revision with every change and with nothing else', () => {
    const permissions = new Permissions()
    const revisions = [permissions.revision]
    const changes = [
      () => permissions.set('ann', '/', ALL),
      () => permissions.set('ann', '/', ALL),
      () => permissions.clear('ann', '/'),
      () => permissions.set('ann', '/', ALL),
      () => permissions.forgetUser('ann'),
      () => permissions.set('ann', '/', ALL),
      () => permissions.forgetVhost('/'),
    ]
    for (const change of changes) {
      change()
      revisions.push(permissions.revision)
    }
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b))
    permissions.check('ann', '/', 'read', 'q')
    expect(permissions.clear('ann', '/')).toBe(false)
    permissions.forgetUser('ann')
    permissions.forgetVhost('/')
    expect(permissions.revision).toBe(revisions.at(-1))
  })

  it('are forgotten with their user, in every vhost', () => {
    const permissions = permissionsOf('ann', '/')
    permissions.set('ann', 'v', ALL)
    permissions.set('bob', 'v', ALL)
    permissions.forgetUser('ann')
    expect([...permissions]).toEqual([{ user: 'bob', vhost: 'v', ...ALL }])
  })

  it('are forgotten with their vhost', () => {
    const permissions = permissionsOf('ann', '/')
    permissions.set('ann', 'v', ALL)
    permissions.forgetVhost('/')
    expect([...permissions]).toEqual([{ user: 'ann', vhost: 'v', ...ALL }])
  })

  it('judge the same however often and in whatever order they are asked', () => {
    const permissions = permissionsOf('ann', '/', { ...ALL, write: '^[a-m]' })
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 3000 }), names => {
        for (const name of names)
          expect(permissions.check('ann', '/', 'write', name)).toBe(/^[a-m]/.test(name))
      }),
      { numRuns: 20 },
    )
  })

  it('judge right beyond the number of names they remember', () => {
    const permissions = permissionsOf('ann', '/', { ...ALL, read: '7$' })
    for (const _ of ['first', 'again']) {
      for (let i = 0; i < 3000; i++) expect(permissions.check('ann', '/', 'read', `q${i}`)).toBe(i % 10 === 7)
    }
  })
})
