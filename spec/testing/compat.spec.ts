/** A test broker with `compat`, as amqplib sees it: what suites meet first when RabbitMQ's versions differ. */
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { TestBroker } from '../../src/testing'

type Version = '3.13' | '4.2' | '4.3'

const versions = ['3.13', '4.2', '4.3'] as const

let broker: TestBroker
let client: ChannelModel
let channel: Channel

async function begin(compat: Version): Promise<void> {
  broker = await TestBroker.start({ compat })
  client = await connect(broker.url)
  client.on('error', () => {})
  channel = await client.createChannel()
  channel.on('error', () => {})
}

afterEach(() => broker.stop())

/** A queue with one message. */
async function quorumQueue(args: object = {}): Promise<void> {
  await channel.assertQueue('q', { arguments: { 'x-queue-type': 'quorum', ...args } })
  channel.sendToQueue('q', Buffer.from('one'))
}

/** Gives every delivery back, up to 30 times. Returns how many there were. */
async function deliveriesGivenBack(by: 'nack' | 'reject'): Promise<number> {
  let count = 0
  await channel.prefetch(1)
  await channel.consume('q', message => {
    if (message === null) return
    if (++count === 30) channel.ack(message)
    else channel[by](message)
  })
  await broker.settled()
  return count
}

/** What each version does, by row of the table. */
const rows: Readonly<Record<string, readonly [Record<Version, unknown>, () => Promise<unknown>]>> = {
  announcedVersion: [
    { '3.13': '3.13.7', '4.2': '4.2.0', '4.3': '4.3.5' },
    async () => client.connection.serverProperties.version,
  ],
  transientQueues: [
    { '3.13': 'ok', '4.2': 'ok', '4.3': 541 },
    async () => {
      const closed = new Promise(resolve => client.once('error', ({ code }) => resolve(code)))
      const asked = channel.assertQueue('q', { durable: false }).then(() => 'ok')
      return Promise.race([closed, asked.catch(() => closed)])
    },
  ],
  unknownExchangeTypes: [
    { '3.13': 406, '4.2': 'ok', '4.3': 'ok' },
    () =>
      channel.assertExchange('e', 'x-local-random').then(
        () => 'ok',
        ({ code }) => code,
      ),
  ],
  'defaultDeliveryLimit, deliveryLimitCounts: nack': [
    { '3.13': 30, '4.2': 21, '4.3': 30 },
    async () => {
      await quorumQueue()
      return deliveriesGivenBack('nack')
    },
  ],
  'defaultDeliveryLimit, deliveryLimitCounts: reject': [
    { '3.13': 30, '4.2': 21, '4.3': 21 },
    async () => {
      await quorumQueue()
      return deliveriesGivenBack('reject')
    },
  ],
  globalQos: [
    { '3.13': 1, '4.2': 1, '4.3': 2 },
    async () => {
      await channel.assertQueue('q')
      await channel.prefetch(1, true)
      let delivered = 0
      for (const _ of [1, 2]) await channel.consume('q', () => delivered++)
      for (const _ of [1, 2, 3]) channel.sendToQueue('q', Buffer.from(''))
      await channel.checkQueue('q')
      return delivered
    },
  ],
  consumerTimeoutActs: [
    { '3.13': 'channel closed', '4.2': 'channel closed', '4.3': 'consumer cancelled' },
    async () => {
      await quorumQueue()
      const acted = new Promise(resolve => {
        channel.once('error', () => resolve('channel closed'))
        void channel.consume('q', message => message ?? resolve('consumer cancelled'))
      })
      await broker.waitForMessage(({ journey }) => journey.steps.some(({ kind }) => kind === 'delivered'))
      await broker.clock.advance('31m')
      return acted
    },
  ],
}

describe.each(versions)('a test broker that is like RabbitMQ %s', version => {
  it.each(Object.keys(rows))('shows it: %s', async row => {
    await begin(version)
    const [expected, observe] = rows[row] ?? []
    expect(await observe?.()).toEqual(expected?.[version])
  })
})
