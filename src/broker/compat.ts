/**
 * Where RabbitMQ's versions exclude each other, and what each does: the only place that knows a version by its name.
 * Handed down from the composition root; whoever must choose asks for the row, never for the version.
 *
 * `4.2`, the default, is liberal: whatever works for a client of RabbitMQ 3.8 to 4.3 works. `3.13` and `4.3` are for
 * those who want to know what that version refuses, and are as strict as it is. A row that is the same in all three is
 * not here: an unknown exchange type, say, is 406 since 3.13.3, and was 503 before that.
 * Docs: docs/reference/compat.md; a spec compares the two.
 */

import type { QueueDefaults } from '../queues/options'

export type CompatVersion = '3.13' | '4.2' | '4.3'

export interface Compat {
  /** `version` in the server properties. */
  readonly announcedVersion: string
  /** SASL mechanisms offered, in the order they are announced. */
  readonly mechanisms: readonly string[]
  /** The largest frame before connection.tune-ok; bytes. */
  readonly frameMaxBeforeTune: number
  /** The smallest frame_max that connection.tune-ok may ask for; bytes. */
  readonly frameMaxMinimum: number
  /** Types of exchange that came later: unknown, even where we have them. */
  readonly unknownExchangeTypes: readonly string[]
  /** Whether a queue may be neither durable nor exclusive. Otherwise the connection is closed with 541. */
  readonly transientQueues: boolean
  /** Whether a classic queue may be declared with `x-queue-master-locator`. Otherwise the same. */
  readonly queueMasterLocator: boolean
  /** The permission that a passive declaration asks for. */
  readonly passiveDeclareNeeds: 'nothing' | 'any'
  /** What queue.bind and queue.unbind answer to the name of a direct reply-to queue: 404, or 403. */
  readonly replyQueueBinding: 'unknown' | 'refused'
  /** What becomes of a mandatory message that only a direct reply-to queue takes. */
  readonly mandatoryReply: 'delivered-and-returned' | 'delivered'
  /** Whether basic.qos with `global` sets a limit for the channel. Otherwise it is read as if it were not set. */
  readonly globalQos: boolean
  /** Deliveries of one message of a quorum queue without `x-delivery-limit`; undefined: no limit. */
  readonly defaultDeliveryLimit: number | undefined
  /** What counts towards the delivery limit: a message that came back in any way, or only one that was not returned. */
  readonly deliveryLimitCounts: 'returned-and-failed' | 'failed'
  /** Whether the `x-death` header of a message that a client publishes is read as the message's history. */
  readonly interpretsClientDeaths: boolean
  /** The queues whose deliveries must be acknowledged in time. */
  readonly consumerTimeoutFor: 'all' | 'quorum'
  /** What a delivery that was not acknowledged in time costs. */
  readonly consumerTimeoutActs: 'channel' | 'consumer'
}

const rows: Readonly<Record<CompatVersion, Compat>> = {
  '3.13': {
    announcedVersion: '3.13.7',
    mechanisms: ['PLAIN', 'AMQPLAIN'],
    frameMaxBeforeTune: 4096,
    frameMaxMinimum: 4096,
    unknownExchangeTypes: ['x-local-random'],
    transientQueues: true,
    queueMasterLocator: true,
    passiveDeclareNeeds: 'nothing',
    replyQueueBinding: 'unknown',
    mandatoryReply: 'delivered-and-returned',
    globalQos: true,
    defaultDeliveryLimit: undefined,
    deliveryLimitCounts: 'returned-and-failed',
    interpretsClientDeaths: true,
    consumerTimeoutFor: 'all',
    consumerTimeoutActs: 'channel',
  },
  '4.2': {
    announcedVersion: '4.2.0',
    mechanisms: ['PLAIN', 'AMQPLAIN', 'ANONYMOUS'],
    frameMaxBeforeTune: 8192,
    // RabbitMQ 4.1 and 4.2 ask for 8192; amqplib before 0.10.7 for 4096
    frameMaxMinimum: 4096,
    unknownExchangeTypes: [],
    transientQueues: true,
    queueMasterLocator: true,
    passiveDeclareNeeds: 'nothing',
    replyQueueBinding: 'unknown',
    mandatoryReply: 'delivered',
    globalQos: true,
    defaultDeliveryLimit: 20,
    deliveryLimitCounts: 'returned-and-failed',
    interpretsClientDeaths: false,
    consumerTimeoutFor: 'all',
    consumerTimeoutActs: 'channel',
  },
  '4.3': {
    announcedVersion: '4.3.5',
    mechanisms: ['PLAIN', 'AMQPLAIN', 'ANONYMOUS'],
    frameMaxBeforeTune: 8192,
    frameMaxMinimum: 8192,
    unknownExchangeTypes: [],
    transientQueues: false,
    queueMasterLocator: false,
    passiveDeclareNeeds: 'any', // 4.3.0 alone asked for configure
    replyQueueBinding: 'refused',
    mandatoryReply: 'delivered',
    globalQos: false,
    defaultDeliveryLimit: 20,
    deliveryLimitCounts: 'failed',
    interpretsClientDeaths: false,
    consumerTimeoutFor: 'quorum',
    consumerTimeoutActs: 'consumer',
  },
}

export const compatVersions = Object.keys(rows) as CompatVersion[]

export function compatOf(version: CompatVersion): Compat {
  return rows[version]
}

/** What queues are told of the version. */
export function queueDefaultsOf({ defaultDeliveryLimit, deliveryLimitCounts }: Compat): QueueDefaults {
  return {
    deliveryLimit: defaultDeliveryLimit,
    countsReturned: deliveryLimitCounts === 'returned-and-failed',
  }
}
