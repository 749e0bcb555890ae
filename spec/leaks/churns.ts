/** All that comes and goes. */
import { administration } from './administration'
import { channels } from './channels'
import type { Churn } from './churn'
import { connections } from './connections'
import { messages } from './messages'
import { names, topology } from './topology'

export const churns: Readonly<Record<string, readonly Churn[]>> = {
  connections,
  channels,
  topology,
  names,
  messages,
  administration,
}
