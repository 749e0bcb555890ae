/** All targets. A new one is a file here, and a line. */
import type { Target } from '../target'
import { amqpGreeting, amqpSession } from './amqp'
import { codec } from './codec'
import { database } from './database'
import { definitions } from './definitions'
import { options } from './options'
import { patterns } from './patterns'
import { proxy } from './proxy'
import { recording } from './recording'
import { gates, httpWire, webSocket } from './sockets'
import { views } from './views'

export const targets: readonly Target[] = [
  codec,
  proxy,
  patterns,
  amqpGreeting,
  amqpSession,
  views,
  httpWire,
  webSocket,
  gates,
  options,
  definitions,
  recording,
  database,
]
