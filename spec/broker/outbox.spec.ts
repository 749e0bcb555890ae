/** What the broker publishes itself: at the end of the turn, and never more than it can hold. */
import { inProcessBroker } from '../support/in-process'

function bound() {
  const composed = inProcessBroker()
  const { vhost, broker } = composed
  const exchange = vhost.requireExchange('amq.fanout')
  const client = composed.connect().open().openChannel()
  client.send('queue.declare', { queue: 'q' }, 1)
  client.send('queue.bind', { queue: 'q', exchange: 'amq.fanout' }, 1)
  composed.settle()
  client.take('queue.declare-ok', 1)
  client.take('queue.bind-ok', 1)
  const queue = vhost.requireQueue('q')
  const post = (body: Buffer) => broker.outbox.post(vhost, exchange, 'key', { contentType: 'text' }, body)
  return { ...composed, queue, post, client }
}

describe('the outbox', () => {
  it('routes what was posted at the end of the turn, in order', () => {
    const { post, queue, client, settle } = bound()
    client.send('basic.consume', { queue: 'q', noAck: true, consumerTag: 'c' }, 1)
    settle()
    client.take('basic.consume-ok', 1)
    post(Buffer.from('first'))
    post(Buffer.from('second'))
    expect(queue.counters.enqueued).toBe(0)
    settle()
    expect(queue.counters.enqueued).toBe(2)
    const bodies = [client.take('basic.deliver', 1), client.take('basic.deliver', 1)]
    expect(bodies.map(({ content }) => content?.body.toString())).toEqual(['first', 'second'])
  })

  it('loses what is too much for one turn, says so once, and takes more in the next', () => {
    const { post, queue, settle, log } = bound()
    const body = Buffer.alloc(16 * 1024 * 1024)
    for (let i = 0; i < 12; i++) post(body)
    settle()
    expect(queue.counters.enqueued).toBe(8)
    expect(log.at('error')).toEqual([
      expect.stringMatching(/a message of the broker was lost: .*4 more than fit/),
    ])
    post(Buffer.from('later'))
    settle()
    expect(queue.counters.enqueued).toBe(9)
  })
})
