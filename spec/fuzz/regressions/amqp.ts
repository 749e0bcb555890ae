/** What brought AMQP down. */
import { encodeMethod } from '../../../conformance/support/codec'
import { fieldTable } from '../../../src/amqp/table'
import { Writer } from '../../../src/amqp/writer'
import { longString, octets, shortString } from '../generate/fields'
import { frame } from '../generate/frames'
import { type Regression, regression } from './regression'

/** Of 255 octets that are no UTF-8: their replacements take 765. */
const LONG_KEY = longString(Buffer.concat([shortString(Buffer.alloc(255, 0xff)), Buffer.from('V')]))
const DATE = longString(Buffer.concat([shortString('x-death'), Buffer.from('V')]))

function published(routingKey: string, properties: Buffer): string[] {
  const header = Buffer.concat([octets(60, 2), octets(0, 10), properties])
  return [encodeMethod(1, 'basic.publish', { routingKey }), frame(2, 1, header)].map(piece =>
    piece.toString('latin1'),
  )
}

function declared(queue: string, args: Parameters<typeof fieldTable>[0]): string {
  const writer = new Writer()
  writer.table(fieldTable(args))
  const payload = Buffer.concat([
    octets(0x0032000a, 4),
    octets(0, 2),
    shortString(queue),
    Buffer.of(0),
    writer.take(),
  ])
  return frame(1, 1, payload).toString('latin1')
}

const withHeaders = (table: Buffer): Buffer => Buffer.concat([octets(0x2000, 2), table])
const dying = { 'x-message-ttl': 0, 'x-dead-letter-exchange': '' }

export const amqpRegressions: readonly Regression[] = [
  regression(
    'codec',
    'a timestamp is beyond what a number is exact for, and is written again (a queue that was browsed was answered with 500)',
    ['', '\0\x40\xff\xff\xff\xff\xff\xff\xff\xff'],
  ),
  regression('codec', 'a key that is no UTF-8 is written again (the broker ended)', [
    LONG_KEY.toString('latin1'),
  ]),
  regression(
    'amqp-session',
    'a message with such a key dies in a queue and is passed on (the broker ended)',
    [
      declared('dying', { ...dying, 'x-dead-letter-routing-key': 'kept' }),
      ...published('dying', withHeaders(LONG_KEY)),
    ],
  ),
  regression(
    'amqp-session',
    'a dead letter is given a routing key that no short string holds (the broker ended)',
    [
      declared('dying', { ...dying, 'x-dead-letter-routing-key': 'k'.repeat(256) }),
      ...published('dying', withHeaders(DATE)),
    ],
  ),
  regression(
    'amqp-session',
    'a consumer of the pseudo-queue for replies is refused for its arguments (the queue behind it stayed for ever)',
    [
      encodeMethod(1, 'basic.consume', {
        queue: 'amq.rabbitmq.reply-to',
        noAck: true,
        arguments: { 'x-priority': 'high' },
      }).toString('latin1'),
    ],
  ),
]
