/** The steps of a plan that say who there is and who may do what: an administrator takes them, at once and at any time. */
import type { Step } from '../plan/plan'
import type { Told } from '../plan/told'
import type { World } from '../world/world'

export const accessSteps = {
  putUser: (world: World, _: Step, { user, password, isImpersonator, patterns }: Told) => {
    const { broker, access } = world
    broker.accounts.putUser(user, { password, tags: isImpersonator ? ['impersonator'] : [] })
    access.change(user, { password, isImpersonator })
    setPermissions(world, user, patterns)
  },
  deleteUser: ({ broker, access }: World, _: Step, { user }: Told) => {
    if (broker.accounts.deleteUser(user) !== undefined) access.remove(user)
  },
  setPermissions: (world: World, _: Step, { user, patterns }: Told) => {
    if (world.access.accounts[user] !== undefined) setPermissions(world, user, patterns)
  },
  clearPermissions: ({ broker, access }: World, _: Step, { user }: Told) => {
    if (access.accounts[user] === undefined) return
    broker.accounts.clearPermissions(user, '/')
    access.change(user, { permissions: undefined })
  },
  setTopicPermissions: ({ broker, access }: World, _: Step, { user, exchange, patterns }: Told) => {
    const account = access.accounts[user]
    if (account === undefined) return
    const { write, read } = patterns
    broker.accounts.setTopicPermissions(user, '/', exchange, { write, read })
    access.change(user, { topics: { ...account.topics, [exchange]: { write, read } } })
  },
  clearTopicPermissions: ({ broker, access }: World, _: Step, { user }: Told) => {
    if (access.accounts[user] === undefined) return
    broker.accounts.clearTopicPermissions(user, '/')
    access.change(user, { topics: {} })
  },
}

function setPermissions({ broker, access }: World, user: string, patterns: Told['patterns']): void {
  broker.accounts.setPermissions(user, '/', patterns)
  access.change(user, { permissions: patterns })
}

/** Everybody may do everything. */
export function grantAll(world: World): void {
  for (const user of Object.keys(world.access.accounts))
    setPermissions(world, user, { configure: '.*', write: '.*', read: '.*' })
}
