/** Channels, consumers and what is said on channels, in all ways to end. */
import { ChannelClosed } from '../crash/link'
import { type Churn, nextName, onChannel, repeat } from './churn'

const BODY = Buffer.from('some')

export const channels: readonly Churn[] = [
  {
    name: 'channels, closed and failed',
    async run(subject, times) {
      for (let left = times; left > 0; left -= 1000) {
        const link = await subject.link()
        await repeat(Math.min(left, 1000), async at => {
          const channel = await link.openChannel()
          if (at % 2 === 0) await channel.call('channel.close')
          else await channel.call('queue.declare', { queue: nextName(), passive: true }).catch(expected)
        })
        await link.close()
      }
    },
  },
  onChannel('consumers', async (channel, key) => {
    const { queue } = await channel.call('queue.declare', { queue: 'leaks.consumed' })
    channel.publish('', queue, BODY, {})
    await channel.call('basic.consume', { queue, consumerTag: key, arguments: { 'x-priority': 3 } })
    await channel.call('basic.cancel', { consumerTag: key })
    await channel.call('basic.recover', { requeue: true })
    await channel.call('queue.purge', { queue })
    await channel.call('queue.delete', { queue })
  }),
  onChannel('consumers whose queue is deleted', async (channel, key) => {
    const { queue } = await channel.call('queue.declare', { queue: nextName(), exclusive: true })
    await channel.call('basic.consume', { queue, consumerTag: key })
    channel.publish('', queue, BODY, {})
    await channel.call('queue.delete', { queue })
  }),
  {
    name: 'transactions, committed and rolled back',
    async run(subject, times) {
      const link = await subject.link()
      const channel = await link.openChannel()
      await channel.call('tx.select')
      const { queue } = await channel.call('queue.declare', { queue: nextName(), exclusive: true })
      await repeat(times, async at => {
        channel.publish('', queue, BODY, { deliveryMode: 2 })
        await channel.call(at % 2 === 0 ? 'tx.commit' : 'tx.rollback')
        const got = at % 2 === 0 ? await channel.get(queue) : undefined
        if (got !== undefined) channel.send('basic.ack', { deliveryTag: got.fields.deliveryTag })
        await channel.call(at % 4 === 0 ? 'tx.commit' : 'tx.rollback')
        if (at % 4 === 2) await channel.call('queue.purge', { queue })
      })
      await link.close()
    },
  },
  {
    name: 'direct reply-to',
    async run(subject, times) {
      const server = await subject.link()
      const answering = await server.openChannel(({ content }) => {
        answering.publish('', content?.properties.replyTo ?? '', BODY, {})
      })
      const { queue } = await answering.call('queue.declare', { queue: nextName(), exclusive: true })
      await answering.call('basic.consume', { queue, noAck: true })
      const link = await subject.link()
      await repeat(times, async () => {
        let answered = (): void => {}
        const answer = new Promise<void>(resolve => {
          answered = resolve
        })
        const channel = await link.openChannel(() => answered())
        await channel.call('basic.consume', { queue: 'amq.rabbitmq.reply-to', noAck: true })
        channel.publish('', queue, BODY, { replyTo: 'amq.rabbitmq.reply-to' })
        await answer
        await channel.call('channel.close')
      })
      await link.close()
      await server.close()
    },
  },
]

function expected(error: unknown): void {
  if (!(error instanceof ChannelClosed)) throw error
}
