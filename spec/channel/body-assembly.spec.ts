import { encodeFrame, encodeHeader, encodeMethod } from '../../conformance/support/codec'
import { BodyAssembly } from '../../src/channel/body-assembly'
import { Message, recordOf } from '../../src/message'
import { inProcessBroker } from '../support/in-process'
import { messageOf } from '../support/messages'

const LARGE = 100 * 1024

function assembled(message: Message, body: Buffer, piece: number): void {
  const assembly = new BodyAssembly()
  for (let at = 0; at < body.length; at += piece)
    assembly.add(message, body.length, at, body, at, Math.min(at + piece, body.length))
  assembly.giveTo(message, body.length)
}

describe('a body of several frames', () => {
  it.each([10, 32 * 1024 - 1, 32 * 1024, LARGE])('of %p bytes is what was sent', size => {
    const body = Buffer.from(Array.from({ length: size }, (_, i) => i))
    const message = messageOf()
    assembled(message, body, 4088)
    expect(body.equals(message.bodyBytes.subarray(message.bodyStart, message.bodyEnd))).toBe(true)
  })

  it('is assembled as the record that queues keep, so that it is not copied again', () => {
    const message = messageOf({ exchange: 'x', routingKey: 'k' })
    assembled(message, Buffer.alloc(LARGE, 'b'), 16 * 1024)
    const { record } = message
    expect(record).toBe(message.bodyBytes)
    message.record = undefined
    expect(record?.equals(recordOf(message))).toBe(true)
  })

  it('is another record once its message has other properties or another address', () => {
    const message = messageOf()
    assembled(message, Buffer.alloc(LARGE), 16 * 1024)
    message.setProperties(Buffer.from([0, 0]))
    expect(message.record).toBeUndefined()
    assembled(message, Buffer.alloc(LARGE), 16 * 1024)
    message.setAddress('other', 'key')
    expect(message.record).toBeUndefined()
  })

  it('takes no more memory than eight times what came of it', () => {
    const allocate = jest.spyOn(Buffer, 'allocUnsafeSlow')
    new BodyAssembly().add(messageOf(), 512 * 1024 * 1024, 0, Buffer.alloc(4096), 0, 4096)
    expect(Math.max(...allocate.mock.calls.map(([size]) => size))).toBeLessThan(8 * 4096)
    allocate.mockRestore()
  })

  it('is not there twice when it is large: its room is made once an eighth of it came', () => {
    const allocate = jest.spyOn(Buffer, 'allocUnsafeSlow')
    assembled(messageOf(), Buffer.alloc(LARGE * 8), 4096)
    const sizes = allocate.mock.calls.map(([size]) => size)
    expect(sizes.filter(size => size > LARGE * 2)).toHaveLength(1)
    allocate.mockRestore()
  })
})

describe('a large request with direct reply-to', () => {
  it('has the real address of its sender in the queue, though its record was made before', () => {
    const broker = inProcessBroker()
    const client = broker.connect().open().openChannel()
    client.send('basic.consume', { queue: 'amq.rabbitmq.reply-to', noAck: true }, 1)
    client.send('queue.declare', { queue: 'requests' }, 1)
    const half = encodeFrame(3, 1, Buffer.alloc(LARGE / 2))
    client.say(
      Buffer.concat([
        encodeMethod(1, 'basic.publish', { exchange: '', routingKey: 'requests' }),
        encodeHeader(1, LARGE, { replyTo: 'amq.rabbitmq.reply-to' }),
        half,
        half,
      ]),
    )
    const message = new Message()
    broker.vhost.requireQueue('requests').get(message)
    expect(message.property('replyTo')?.toString()).toMatch(/^amq\.rabbitmq\.reply-to\../)
  })
})
