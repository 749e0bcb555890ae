/** Who binds to an exchange with a history brings messages into queues, and waits for the disk like one who publishes. */
import { encodeFrame, encodeHeader, encodeMethod } from '../../conformance/support/codec'
import { inProcessBroker } from '../support/in-process'

function withHistory() {
  const broker = inProcessBroker()
  const client = broker.connect().open().openChannel()
  client.send('exchange.declare', { exchange: 'x', type: 'x-recent-history' }, 1)
  client.send('exchange.declare', { exchange: 'fan', type: 'fanout' }, 1)
  client.send('queue.declare', { queue: 'q' }, 1)
  for (const reply of ['exchange.declare-ok', 'exchange.declare-ok', 'queue.declare-ok'] as const)
    client.take(reply, 1)
  return { broker, client }
}

const bindings = [
  ['queue.bind', { queue: 'q', exchange: 'x' }, 'queue.bind-ok'],
  ['exchange.bind', { destination: 'fan', source: 'x' }, 'exchange.bind-ok'],
] as const

describe.each(bindings)(
  '%s to an exchange with a history, while an alarm is raised,',
  (method, fields, reply) => {
    it('is done, and is the last thing its connection is listened to', () => {
      const { broker, client } = withHistory()
      const past = [encodeMethod(1, 'basic.publish', { exchange: 'x' }), encodeHeader(1, 4, {})]
      client.say(Buffer.concat([...past, encodeFrame(3, 1, Buffer.from('past'))]))
      broker.settle()
      const alarm = broker.broker.alarms.raise('low on disk')
      client.send(method, fields, 1)
      client.send('queue.declare', { queue: 'later' }, 1)
      broker.settle()
      client.take(reply, 1)
      expect(broker.vhost.queues.has('later')).toBe(false)
      alarm.clear()
      broker.settle()
      expect(broker.vhost.queues.has('later')).toBe(true)
    })

    it('holds nobody up if there is no history', () => {
      const { broker, client } = withHistory()
      broker.broker.alarms.raise('low on disk')
      client.send(method, fields, 1)
      client.send('queue.declare', { queue: 'later' }, 1)
      broker.settle()
      expect(broker.vhost.queues.has('later')).toBe(true)
    })
  },
)
