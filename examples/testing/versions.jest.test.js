// npx jest examples/testing
// The same suite against each RabbitMQ that the service may meet, and strict: what a client should not do fails the test.
const amqplib = require('amqplib')
const { TestBroker } = require('leveret/testing')
const { startBilling } = require('./billing')

describe.each(['3.13', '4.2', '4.3'])('billing beside RabbitMQ %s', compat => {
  let broker
  let billing
  let shop
  let channel

  beforeAll(async () => {
    broker = await TestBroker.start({ compat, strict: { transient: true } })
  })

  beforeEach(async () => {
    billing = await startBilling(broker.url)
    shop = await amqplib.connect(broker.url)
    channel = await shop.createChannel()
  })

  afterEach(async () => {
    await broker.settled()
    await Promise.all([billing.stop(), shop.close()])
    await broker.reset()
  })

  afterAll(() => broker.stop())

  test('an order is billed', async () => {
    channel.sendToQueue('orders', Buffer.from('{"id":7,"price":5,"count":3}'), { persistent: true })
    const bill = await broker.waitForMessage({ queue: 'bills' })
    expect(bill.json).toEqual({ order: 7, amount: 15 })
    await channel.purgeQueue('bills')
  })

  test('an order for nobody is noticed', async () => {
    const provoked = broker.allow({ rule: 'unroutable' })
    channel.sendToQueue('order', Buffer.from('misspelt'))
    await broker.waitForMessage({ text: 'misspelt' })
    expect(provoked.violations).toHaveLength(1)
  })
})

// What differs: a message that is given back again and again.
const deliveries = { 3.13: 30, 4.2: 21, 4.3: 30 }

test.each(Object.entries(deliveries))(
  'RabbitMQ %s delivers what is given back %i times',
  async (compat, count) => {
    const broker = await TestBroker.start({ compat })
    const connection = await amqplib.connect(broker.url)
    const channel = await connection.createConfirmChannel()
    await channel.assertQueue('jobs', { arguments: { 'x-queue-type': 'quorum' } })
    channel.sendToQueue('jobs', Buffer.from('too hard'))
    await channel.waitForConfirms()
    let delivered = 0
    await channel.prefetch(1)
    await channel.consume('jobs', job => {
      if (++delivered < 30) channel.nack(job)
      else channel.ack(job)
    })
    await broker.settled()
    expect(delivered).toBe(count)
    await connection.close()
    await broker.stop()
  },
)
