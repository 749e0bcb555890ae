/** Everything a program can do, and how often. Each program changes the weights for itself. */
import * as consuming from './consuming'
import * as declaring from './declaring'
import type { Verb } from './draw'
import * as modes from './modes'
import { policyClear, policySet } from './policies'
import { publish } from './publishing'

const weights: readonly (readonly [weight: number, draw: Verb])[] = [
  [30, publish],
  [10, consuming.get],
  [8, consuming.consume],
  [3, consuming.cancel],
  [8, consuming.ack],
  [1, consuming.ackAll],
  [5, consuming.nack],
  [4, consuming.reject],
  [1.5, consuming.recover],
  [2, consuming.qos],
  [4, declaring.exchangeDeclare],
  [1, declaring.exchangeDelete],
  [3, declaring.exchangeBind],
  [1, declaring.exchangeUnbind],
  [6, declaring.queueDeclare],
  [1.5, declaring.queueDelete],
  [1, declaring.queuePurge],
  [5, declaring.queueBind],
  [1.5, declaring.queueUnbind],
  [2, modes.confirmSelect],
  [0.7, modes.txSelect],
  [1.2, modes.txCommit],
  [0.6, modes.txRollback],
  [0.3, modes.flow],
  [0.3, modes.channelOpen],
  [1, modes.channelClose],
  [0.3, modes.connectionClose],
  [0.1, modes.accessRequest],
  [0.15, modes.nonsense],
  [0.1, modes.unopened],
]

/** For programs with policies. */
export const policyVerbs = [
  { weight: 5, draw: policySet },
  { weight: 1.5, draw: policyClear },
]

export const verbs = weights.map(([weight, draw]) => ({ weight, draw }))
