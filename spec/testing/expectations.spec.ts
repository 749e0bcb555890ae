/** What `expect` can say of a test broker, and what it says when that is not so. */
import { type ConfirmChannel, connect } from 'amqplib'
import { type BrokerExpectations, brokerExpectations, TestBroker } from '../../src/testing'

declare global {
  namespace jest {
    interface Matchers<R> extends BrokerExpectations<R> {}
  }
}

expect.extend(brokerExpectations)

let broker: TestBroker
let channel: ConfirmChannel

beforeEach(async () => {
  broker = await TestBroker.start()
  const client = await connect(broker.url)
  channel = await client.createConfirmChannel()
  await channel.assertQueue('orders')
  for (const id of [1, 2]) channel.sendToQueue('orders', Buffer.from(`{"id":${id}}`))
  await channel.waitForConfirms()
})

afterEach(() => broker.stop())

describe('an expectation of what was published', () => {
  it('holds, or tells what was published instead', () => {
    expect(broker).toHavePublished({ json: { id: 1 } })
    expect(broker).not.toHavePublished({ json: { id: 3 } })
    expect(() => expect(broker).toHavePublished({ json: { id: 3 } })).toThrow(
      'no message with {"json":{"id":3}} was published. Published: \n' +
        '  to the default exchange with key "orders": {"id":1} (in orders)',
    )
  })

  it('tells the journey of what was not to be published', () => {
    expect(() => expect(broker).not.toHavePublished({ json: { id: 1 } })).toThrow(
      /was published:\n.*\n.*published: by/,
    )
  })
})

describe('an expectation of what is in a queue', () => {
  it('holds for all of it, in its order', async () => {
    const queue = broker.queue('orders')
    await expect(queue).toHaveMessages([{ json: { id: 1 } }, { json: { id: 2 } }])
    await expect(queue).not.toHaveMessages([{ json: { id: 2 } }, { json: { id: 1 } }])
    await expect(queue).not.toHaveMessages([{ json: { id: 1 } }])
    await channel.purgeQueue('orders')
    await expect(queue).toHaveMessages([])
  })

  it('tells what is there instead', async () => {
    await channel.get('orders')
    await expect(expect(broker.queue('orders')).toHaveMessages([{ json: { id: 2 } }])).rejects.toThrow(
      'queue "orders" was to have messages\n  with {"json":{"id":2}}\nand no others: there are\n' +
        '  to the default exchange with key "orders": {"id":1} (unacked)\n' +
        '  to the default exchange with key "orders": {"id":2} (ready)',
    )
  })
})

describe('an expectation of no leaks', () => {
  it('tells what was left behind', async () => {
    expect(() => expect(broker).toHaveNoLeaks()).toThrow('queue "orders" in /: 2 ready, 0 unacknowledged')
    await broker.reset({ connections: 'cut' })
    expect(broker).toHaveNoLeaks()
  })
})
