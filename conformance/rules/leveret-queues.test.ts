/** What queues of Leveret do beyond RabbitMQ 4.2: delayed retry (4.3, for quorum queues) and limits on every type, exact expiry. */
import { useBroker } from '../support/broker'
import { isLeveret } from '../support/version'

const broker = useBroker()
const described = isLeveret ? describe : describe.skip

described(`delayed retry${isLeveret ? '' : ' (Leveret only)'}`, () => {
  it.each(['classic', 'quorum'])(
    'lets a rejected message of a %s queue wait, and others pass',
    async type => {
      const channel = await broker.channel()
      const retry = { 'x-delayed-retry-type': 'failed', 'x-delayed-retry-min': 200 }
      const queue = await broker.queue(channel, {
        queue: broker.name(),
        durable: true,
        exclusive: false,
        arguments: { 'x-queue-type': type, ...retry },
      })
      await channel.call('basic.qos', { prefetchCount: 1 })
      await channel.call('basic.consume', { queue })
      for (const body of ['fails', 'works']) channel.publish({ routingKey: queue }, body)
      const first = await channel.delivery()
      const rejected = Date.now()
      channel.send('basic.reject', { deliveryTag: first.deliveryTag, requeue: true })
      const second = await channel.delivery()
      channel.send('basic.ack', { deliveryTag: second.deliveryTag })
      const third = await channel.delivery()
      expect([second.body.toString(), third.body.toString(), third.redelivered]).toEqual([
        'works',
        'fails',
        true,
      ])
      expect(Date.now() - rejected).toBeGreaterThanOrEqual(199)
      channel.send('basic.ack', { deliveryTag: third.deliveryTag })
    },
  )
})

described(`a delivery limit${isLeveret ? '' : ' (Leveret only)'}`, () => {
  it('counts on a classic queue, too', async () => {
    const channel = await broker.channel()
    const dead = await broker.queue(channel)
    const queue = await broker.queue(channel, {
      arguments: {
        'x-delivery-limit': 1,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': dead,
      },
    })
    await channel.call('basic.consume', { queue })
    channel.publish({ routingKey: queue }, 'poison')
    for (let attempt = 0; attempt < 2; attempt++) {
      const { deliveryTag } = await channel.delivery()
      channel.send('basic.reject', { deliveryTag, requeue: true })
    }
    await channel.expectCounts(dead, { messages: 1 })
  })
})

described(`x-ttl-mode: exact${isLeveret ? '' : ' (Leveret only)'}`, () => {
  it('lets messages expire wherever they are in the queue', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { arguments: { 'x-ttl-mode': 'exact' } })
    for (const [body, expiration] of [
      ['stays', '600000'],
      ['goes', '100'],
      ['stays too', '600000'],
    ] as const) {
      channel.publish({ routingKey: queue }, body, { expiration })
    }
    await channel.expectCounts(queue, { messages: 2 })
    expect(await channel.drain(queue)).toEqual(['stays', 'stays too'])
  })
})
