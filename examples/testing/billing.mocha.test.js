// npx mocha examples/testing/billing.mocha.test.js
const assert = require('node:assert/strict')
const amqplib = require('amqplib')
const { TestBroker } = require('leveret/testing')
const { after, before, it } = require('mocha')
const { startBilling } = require('./billing')

let broker
let billing

before(async () => {
  broker = await TestBroker.start()
  billing = await startBilling(broker.url)
})

after(async () => {
  await billing.stop()
  await broker.stop()
})

it('bills an order', async () => {
  const shop = await amqplib.connect(broker.url)
  const channel = await shop.createChannel()
  channel.sendToQueue('orders', Buffer.from('{"id":7,"price":5,"count":3}'))
  const bill = await broker.waitForMessage({ queue: 'bills' })
  assert.deepEqual(bill.json, { order: 7, amount: 15 })
  await shop.close()
})
