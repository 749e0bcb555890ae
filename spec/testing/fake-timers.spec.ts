/** A test broker beside a program whose timers and time are faked by its test. */
import { connect } from 'amqplib'
import { Connection as RabbitConnection } from 'rabbitmq-client'
import { TestBroker } from '../../src/testing'

let broker: TestBroker

afterEach(async () => {
  jest.useRealTimers()
  await broker.stop()
})

describe.each(['tcp', 'in-process'] as const)(
  'a test broker with fake timers about it, over %s',
  transport => {
    beforeEach(async () => {
      broker = await TestBroker.start({ transport })
      jest.useFakeTimers({ now: 0 })
    })

    it('is spoken to by amqplib', async () => {
      const client = await connect(broker.url)
      const channel = await client.createConfirmChannel()
      await channel.assertQueue('orders')
      channel.sendToQueue('orders', Buffer.from('one'))
      await channel.waitForConfirms()
      expect(broker.queue('orders').count).toBe(1)
      await client.close()
    })

    it('is spoken to by rabbitmq-client', async () => {
      const client = new RabbitConnection(broker.url)
      await client.queueDeclare('orders')
      const publisher = client.createPublisher({ confirm: true })
      await publisher.send('orders', 'one')
      expect(broker.queue('orders').count).toBe(1)
      await publisher.close()
      await client.close()
    })

    it('has a time of its own, and waits in it', async () => {
      expect(Date.now()).toBe(0)
      expect(broker.clock.now()).toBeGreaterThan(1_700_000_000_000)
      await expect(broker.waitForMessage({ text: 'never' }, { timeout: 5 })).rejects.toThrow('waited 5 ms')
    })
  },
)
