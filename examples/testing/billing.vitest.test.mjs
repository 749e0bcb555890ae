// npx vitest run examples/testing
import amqplib from 'amqplib'
import { TestBroker } from 'leveret/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBilling } from './billing.js'

let broker
let billing

beforeAll(async () => {
  broker = await TestBroker.start()
  billing = await startBilling(broker.url)
})

afterAll(async () => {
  await billing.stop()
  await broker.stop()
})

test('an order is billed', async () => {
  const shop = await amqplib.connect(broker.url)
  const channel = await shop.createChannel()
  channel.sendToQueue('orders', Buffer.from('{"id":7,"price":5,"count":3}'))
  const bill = await broker.waitForMessage({ queue: 'bills' })
  expect(bill.json).toEqual({ order: 7, amount: 15 })
  await shop.close()
})
