// Tests that a strict broker fails, for any test runner: spec/testing/strict-runners.spec.ts.
const amqplib = require('amqplib')
const { TestBroker } = require('leveret/testing')

async function lose(broker) {
  const connection = await amqplib.connect(broker.url)
  const channel = await connection.createConfirmChannel()
  channel.sendToQueue('nowhere', Buffer.from(''))
  await channel.waitForConfirms()
  await connection.close()
}

module.exports = ({ test, beforeAll, afterEach, afterAll }) => {
  let broker
  beforeAll(async () => {
    broker = await TestBroker.start({ strict: true })
  })
  afterEach(() => broker.reset())
  afterAll(() => broker.stop())

  test('allows', async () => {
    broker.allow({ rule: 'unroutable' })
    await lose(broker)
  })
  test('asks', async () => {
    await lose(broker)
    await broker.expectStrict()
  })
  test('is told at once', async () => {
    const onViolation = ({ rule }) => {
      throw new Error(`at once: ${rule}`)
    }
    const own = await TestBroker.start({ strict: { onViolation } })
    await lose(own)
    own.allow({})
    await own.stop()
  })
  test('resets', () => lose(broker)) // the last: mocha runs no more tests after a hook that fails
}
