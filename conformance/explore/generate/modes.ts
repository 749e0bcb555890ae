/** Channels and connections: how they publish, and their ends. */
import type { MethodName } from '../../support/methods'
import { step, type Verb } from './draw'

export const confirmSelect: Verb = draw => step(draw, 'confirm.select', { nowait: draw.random.chance(0.1) })
export const txSelect: Verb = draw => step(draw, 'tx.select', {})
export const txCommit: Verb = draw => step(draw, 'tx.commit', {})
export const txRollback: Verb = draw => step(draw, 'tx.rollback', {})

export const flow: Verb = draw => step(draw, 'channel.flow', { active: draw.random.chance(0.9) })

export const channelOpen: Verb = draw => ({ ...step(draw, 'channel.open', {}), isBare: true })

export const channelClose: Verb = draw => ({
  ...step(draw, 'channel.close', { replyCode: 200, replyText: 'bye' }),
  isBare: draw.random.chance(0.1),
})

export const connectionClose: Verb = draw => ({
  ...step(draw, 'connection.close', { replyCode: 200, replyText: 'bye' }),
  channel: 0,
})

export const accessRequest: Verb = draw => step(draw, 'access.request', { realm: '/data', read: true })

const outOfPlace: readonly MethodName[] = [
  'basic.get-empty',
  'basic.qos-ok',
  'basic.recover-ok',
  'channel.flow-ok',
  'channel.open-ok',
  'confirm.select-ok',
  'connection.open',
  'connection.start-ok',
  'connection.tune-ok',
  'connection.unblocked',
  'queue.bind-ok',
  'queue.declare-ok',
  'tx.select-ok',
]

/** What a client never says, and what it says elsewhere. */
export const nonsense: Verb = draw => {
  const { random } = draw
  const drawn = step(draw, random.pick(outOfPlace), {})
  return { ...drawn, channel: random.pick([0, 1, 1, 2, 3]), isBare: random.chance(0.5) }
}

/** On a channel that is not open, or is none. */
export const unopened: Verb = draw => ({
  ...step(draw, draw.random.pick(['basic.qos', 'queue.declare', 'tx.select', 'basic.ack'] as const), {}),
  channel: draw.random.pick([0, 7]),
  isBare: true,
})
