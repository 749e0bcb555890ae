/** Channels and connections: how they publish, and their ends. */
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
