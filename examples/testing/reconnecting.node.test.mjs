// node --test examples/testing/reconnecting.node.test.mjs
// What amqp-connection-manager promises, seen: whoever loses the connection publishes and consumes on the next one.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { connect } from 'amqp-connection-manager'
import { TestBroker } from 'leveret/testing'

let broker
let manager

before(async () => {
  broker = await TestBroker.start()
  manager = connect([broker.url], { reconnectTimeInSeconds: 0.05 })
})

after(async () => {
  await manager.close()
  await broker.stop()
})

test('goes on after the connection is lost and two more are refused', async () => {
  const heard = []
  const channel = manager.createChannel({ setup: own => own.assertQueue('orders') })
  await channel.consume('orders', message => {
    heard.push(message.content.toString())
    channel.ack(message)
  })
  await channel.sendToQueue('orders', Buffer.from('one'))
  await broker.settled()

  const refusals = broker.faults.refuseConnections({ times: 2 })
  const lost = once(manager, 'disconnect')
  assert.equal(broker.faults.dropConnections(), 1)
  await lost
  await channel.sendToQueue('orders', Buffer.from('two'))
  await broker.waitForConsumer('orders')
  await broker.settled()

  assert.equal(refusals.struck, 2)
  assert.deepEqual(heard, ['one', 'two'])
})
