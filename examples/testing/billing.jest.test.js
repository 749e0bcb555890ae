// npx jest examples/testing
const amqplib = require('amqplib')
const { TestBroker } = require('leveret/testing')
const { startBilling } = require('./billing')

let broker
let billing
let shop
let channel

beforeAll(async () => {
  broker = await TestBroker.start()
})

beforeEach(async () => {
  await broker.reset()
  billing = await startBilling(broker.url)
  shop = await amqplib.connect(broker.url)
  channel = await shop.createChannel()
})

afterEach(() => Promise.all([billing.stop(), shop.close()]))

afterAll(() => broker.stop())

const order = (id, price, count) => Buffer.from(JSON.stringify({ id, price, count }))

test('an order is billed', async () => {
  channel.sendToQueue('orders', order(7, 5, 3))
  const bill = await broker.waitForMessage({ queue: 'bills' })
  expect(bill.json).toEqual({ order: 7, amount: 15 })
})

test('what is no order is put aside', async () => {
  channel.sendToQueue('orders', Buffer.from('rubbish'))
  const { journey } = await broker.waitForMessage({ queue: 'orders.dead' })
  expect(journey.steps.map(step => step.kind)).toEqual([
    'published',
    'routed',
    'enqueued',
    'delivered',
    'rejected',
    'enqueued',
  ])
})

test('an order is tried again when its bill is refused', async () => {
  const fault = broker.faults.nackConfirms({ times: 1 })
  channel.sendToQueue('orders', order(8, 1, 1))
  const { journey } = await broker.waitForMessage(
    message => message.journey.steps.filter(step => step.kind === 'acked').length === 1,
  )
  expect(fault.struck).toBe(1)
  expect(journey.steps.map(step => step.kind)).toContain('requeued')
})
