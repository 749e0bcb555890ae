import { Users } from '../../src/auth/users'

describe('users', () => {
  it('are found by name, with their tags', () => {
    const users = new Users()
    users.add({ name: 'ann', tags: ['administrator'], passwordHash: 'h' })
    expect(users.find('ann')).toEqual({
      name: 'ann',
      tags: new Set(['administrator']),
      passwordHash: 'h',
      hashingAlgorithm: 'rabbit_password_hashing_sha256',
    })
    expect(users.find('bob')).toBeUndefined()
  })

  it('without a password have no hash, also when it is given as the empty text', () => {
    const users = new Users()
    expect(users.add({ name: 'ann', passwordHash: '' })).not.toHaveProperty('passwordHash')
    expect(users.add({ name: 'bob' })).not.toHaveProperty('passwordHash')
  })

  it('are replaced whole by one of the same name', () => {
    const users = new Users()
    users.add({ name: 'ann', tags: ['management'], passwordHash: 'h' })
    users.add({ name: 'ann' })
    expect([...users]).toEqual([
      { name: 'ann', tags: new Set(), hashingAlgorithm: 'rabbit_password_hashing_sha256' },
    ])
  })

  it('that are held keep what they were when tags change', () => {
    const users = new Users()
    const held = users.add({ name: 'ann', tags: ['management'], passwordHash: 'h' })
    expect(users.setTags('ann', ['monitoring'])).toBe(true)
    expect([...held.tags, ...(users.find('ann')?.tags ?? [])]).toEqual(['management', 'monitoring'])
    expect(users.find('ann')?.passwordHash).toBe('h')
  })

  it('that do not exist have no tags to set', () => {
    const users = new Users()
    expect([users.setTags('ann', []), users.size]).toEqual([false, 0])
  })

  it('are deleted once', () => {
    const users = new Users()
    users.add({ name: 'ann' })
    expect([users.delete('ann'), users.delete('ann'), users.size]).toEqual([true, false, 0])
  })

  it('called guest are bound to this machine, unless told otherwise', () => {
    expect(new Users().isLoopbackOnly('guest')).toBe(true)
    expect(new Users().isLoopbackOnly('ann')).toBe(false)
    expect(new Users({ loopbackUsers: [] }).isLoopbackOnly('guest')).toBe(false)
    expect(new Users({ loopbackUsers: ['ann'] }).isLoopbackOnly('ann')).toBe(true)
  })
})
