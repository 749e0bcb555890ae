/** How the past is asked for, as the API's page shows it. */
import { Type } from '@sinclair/typebox'

const seconds = (what: string) =>
  Type.Optional(Type.String({ description: `Seconds ${what}; with its other half also the past.` }))

export const historyQueryForm = Type.Object(
  {
    msg_rates_age: seconds('back for rates of messages'),
    msg_rates_incr: seconds('between two of them'),
    lengths_age: seconds('back for lengths of queues'),
    lengths_incr: seconds('between two of them'),
    data_rates_age: seconds('back for rates of bytes and of connections that come and go'),
    data_rates_incr: seconds('between two of them'),
    node_stats_age: seconds('back for memory, descriptors and disk'),
    node_stats_incr: seconds('between two of them'),
  },
  { additionalProperties: true },
)
