/** Bodies of every interesting size come back byte for byte, in frames of the agreed size. */
import { randomFillSync } from 'node:crypto'
import { useBroker } from '../support/broker'
import { encodeFrame, encodeHeader } from '../support/codec'
import { byVersion } from '../support/version'

const broker = useBroker()

const sizes = (frameMax: number) => [
  0,
  1,
  7,
  8,
  frameMax - 9,
  frameMax - 8,
  frameMax - 7,
  2 * (frameMax - 8),
  2 * (frameMax - 8) + 1,
]

describe.each([4096, 8192, 131072])('a body, with frames of %d bytes,', frameMax => {
  it.each(sizes(frameMax))('of %d bytes comes back by basic.get', async bytes => {
    const channel = await broker.channel({ frameMax })
    const queue = await broker.queue(channel)
    const body = randomFillSync(Buffer.alloc(bytes))
    channel.publish({ routingKey: queue }, body)
    const got = await channel.get(queue)
    expect(got?.body.equals(body)).toBe(true)
    expect(got?.frameBytes.every(size => size > 0 && size <= frameMax - 8)).toBe(true)
    expect(got?.frameBytes).toHaveLength(Math.ceil(bytes / (frameMax - 8)))
  })
})

describe('a large body', () => {
  it.each([1_000_003, 5_000_000])('of %d bytes comes back by basic.deliver', async bytes => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const body = randomFillSync(Buffer.alloc(bytes))
    await channel.call('basic.consume', { queue, noAck: true })
    channel.publish({ routingKey: queue }, body)
    expect((await channel.delivery()).body.equals(body)).toBe(true)
  })

  it('comes back by basic.return', async () => {
    const channel = await broker.channel()
    const body = randomFillSync(Buffer.alloc(1_000_000))
    channel.publish({ routingKey: broker.name(), mandatory: true }, body)
    expect((await channel.returned()).body.equals(body)).toBe(true)
  })

  it('reaches a client with smaller frames than its publisher', async () => {
    const publisher = await broker.channel()
    const consumer = await broker.channel({ frameMax: 4096 })
    const queue = await broker.queue(consumer)
    await consumer.call('basic.consume', { queue, noAck: true })
    const body = randomFillSync(Buffer.alloc(300_000))
    publisher.publish({ routingKey: queue }, body)
    await publisher.sync()
    expect((await consumer.delivery()).body.equals(body)).toBe(true)
  })

  it('in frames of one byte is put together', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const body = Buffer.from('one byte at a time '.repeat(100))
    channel.send('basic.publish', { routingKey: queue })
    channel.wire.sendBytes(encodeHeader(1, body.length, {}))
    for (let i = 0; i < body.length; i++) channel.wire.sendBytes(encodeFrame(3, 1, body.subarray(i, i + 1)))
    const got = await channel.get(queue)
    expect(got?.body).toEqual(body)
    expect(got?.frameBytes).toEqual([body.length]) // some clients count on full frames
  })
})

describe('a body larger than max_message_size', () => {
  // 3.x allows 128 MiB, which is no message to send to a broker that others use.
  byVersion({ '3': it.skip, default: it })('of 16 MiB closes the channel', async () => {
    const channel = await broker.channel()
    const bytes = 16 * 1024 * 1024 + 1
    channel.publish({ routingKey: broker.name() }, Buffer.alloc(bytes))
    const text = `PRECONDITION_FAILED - message size ${bytes} is larger than configured max size ${bytes - 1}`
    await channel.expectClose(406, text, 'basic.publish')
  })

  it('of 16 MiB less a byte is accepted', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, Buffer.alloc(16 * 1024 * 1024 - 1))
    expect((await channel.get(queue, true))?.body).toHaveLength(16 * 1024 * 1024 - 1)
  })
})
