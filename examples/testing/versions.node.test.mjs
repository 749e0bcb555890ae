// node --test examples/testing/versions.node.test.mjs
// The same suite against each RabbitMQ that the service may meet, and strict: what a client should not do fails the test.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import amqplib from 'amqplib'
import { TestBroker } from 'leveret/testing'
import { startBilling } from './billing.js'

for (const compat of ['3.13', '4.2', '4.3'])
  describe(`billing beside RabbitMQ ${compat}`, () => {
    let broker
    before(async () => {
      broker = await TestBroker.start({ compat, strict: true })
    })
    afterEach(() => broker.reset())
    after(() => broker.stop())

    test('an order is billed', async () => {
      const billing = await startBilling(broker.url)
      const shop = await amqplib.connect(broker.url)
      const channel = await shop.createChannel()
      channel.sendToQueue('orders', Buffer.from('{"id":7,"price":5,"count":3}'))
      const bill = await broker.waitForMessage({ queue: 'bills' })
      assert.deepEqual(bill.json, { order: 7, amount: 15 })
      await channel.purgeQueue('bills')
      await broker.settled()
      await Promise.all([billing.stop(), shop.close()])
    })
  })
