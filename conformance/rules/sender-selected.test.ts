/** RabbitMQ's headers CC and BCC: more routing keys, chosen by the sender. */
import { useBroker } from '../support/broker'

const broker = useBroker()

describe.each(['CC', 'BCC'])('the header %s', header => {
  it('adds routing keys', async () => {
    const channel = await broker.channel()
    const queues = [await broker.queue(channel), await broker.queue(channel), await broker.queue(channel)]
    const [routingKey = '', ...more] = queues
    channel.publish({ routingKey }, 'hello', { headers: { [header]: more } })
    for (const queue of queues) expect(await channel.drain(queue)).toEqual(['hello'])
  })

  it('delivers once to a queue named twice', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'once', { headers: { [header]: [queue, queue] } })
    expect(await channel.drain(queue)).toEqual(['once'])
  })

  it('makes a mandatory message with an unknown routing key routable', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: broker.name(), mandatory: true }, 'hello', {
      headers: { [header]: [queue] },
    })
    expect(await channel.drain(queue)).toEqual(['hello'])
    await channel.expectQuiet()
  })

  it('may be empty', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'hello', { headers: { [header]: [] } })
    expect(await channel.drain(queue)).toEqual(['hello'])
  })

  it('is asked by topic exchanges', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'topic')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, routingKey: '*.red' })
    channel.publish({ exchange, routingKey: 'blue' }, 'hello', {
      headers: { [header]: ['light.red', 'dark.red'] },
    })
    expect(await channel.drain(queue)).toEqual(['hello'])
  })

  it('that is no array closes the channel', async () => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.name() }, 'hello', { headers: { [header]: 'a string' } })
    const text = `PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,"${header}",longstr}`
    await channel.expectClose(406, text, 'basic.publish')
  })
})

describe('a message with CC and BCC', () => {
  it('is delivered with the first and without the second', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, 'hello', { headers: { a: 1, CC: ['open'], BCC: ['hidden'] } })
    expect((await channel.get(queue))?.properties.headers).toEqual({ a: 1, CC: ['open'] })
  })

  it('keeps its routing key', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: 'first' }, 'hello', { headers: { CC: [queue] } })
    expect(await channel.get(queue)).toMatchObject({ routingKey: 'first' })
  })
})
