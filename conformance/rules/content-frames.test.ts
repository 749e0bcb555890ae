/** 4.2.6, content framing: method, header, body frames, in this order and complete, per channel. */
import { useBroker } from '../support/broker'
import { encodeFrame, encodeHeader } from '../support/codec'
import { byVersion } from '../support/version'
import type { WireChannel } from '../support/wire-channel'

const broker = useBroker()

/** A header frame with anything in it. */
function header(classId: number, weight: number, bodyBytes: bigint, rest: number[]): Buffer {
  const payload = Buffer.alloc(12)
  payload.writeUInt16BE(classId, 0)
  payload.writeUInt16BE(weight, 2)
  payload.writeBigUInt64BE(bodyBytes, 4)
  return encodeFrame(2, 1, Buffer.concat([payload, Buffer.from(rest)]))
}

async function publishing(): Promise<WireChannel> {
  const channel = await broker.channel()
  channel.send('basic.publish', { routingKey: broker.name() })
  return channel
}

async function publishingBody(bodyBytes: number): Promise<WireChannel> {
  const channel = await publishing()
  channel.wire.sendBytes(encodeHeader(1, bodyBytes, {}))
  return channel
}

describe('content', () => {
  it('may come in several body frames, empty ones among them', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('basic.publish', { routingKey: queue })
    channel.wire.sendBytes(encodeHeader(1, 3, {}))
    for (const part of ['', 'a', '', 'bc']) channel.wire.sendFrame(3, 1, Buffer.from(part))
    expect((await channel.get(queue))?.body.toString()).toBe('abc')
  })

  it('may have heartbeats between its frames', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('basic.publish', { routingKey: queue })
    channel.wire.sendHeartbeat()
    channel.wire.sendBytes(encodeHeader(1, 2, {}))
    channel.wire.sendHeartbeat()
    channel.wire.sendFrame(3, 1, Buffer.from('ab'))
    expect((await channel.get(queue))?.body.toString()).toBe('ab')
  })

  it('of one channel may have frames of others between its own', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const other = await channel.wire.channel(2)
    channel.send('basic.publish', { routingKey: queue })
    other.send('basic.publish', { routingKey: queue })
    channel.wire.sendBytes(encodeHeader(1, 4, {}))
    channel.wire.sendFrame(3, 1, Buffer.from('o'))
    channel.wire.sendBytes(encodeHeader(2, 5, {}))
    channel.wire.sendFrame(3, 2, Buffer.from('other'))
    await other.sync()
    channel.wire.sendFrame(3, 1, Buffer.from('wn!'))
    await channel.sync()
    expect(await channel.drain(queue)).toEqual(['other', 'own!'])
  })

  it('with an empty body ends with its header', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('basic.publish', { routingKey: queue })
    channel.wire.sendBytes(encodeHeader(1, 0, {}))
    const got = await channel.get(queue)
    expect(got).toMatchObject({ body: Buffer.alloc(0), frameBytes: [], properties: {} })
  })
})

describe('where a method is due', () => {
  const text = 'UNEXPECTED_FRAME - expected method frame, got non method frame instead'

  it('a header closes the connection', async () => {
    const channel = await broker.channel()
    channel.wire.sendBytes(encodeHeader(1, 0, {}))
    await channel.wire.expectClose(505, text, 'none')
  })

  it('a body closes the connection', async () => {
    const channel = await broker.channel()
    channel.wire.sendFrame(3, 1, Buffer.from('body'))
    await channel.wire.expectClose(505, text, 'none')
  })

  it('an empty body frame after an empty body closes the connection', async () => {
    const channel = await publishingBody(0)
    channel.wire.sendFrame(3, 1)
    await channel.wire.expectClose(505, text, 'none')
  })

  it('a header on a channel that is not open closes the connection', async () => {
    const wire = await broker.open()
    wire.sendBytes(encodeHeader(9, 0, {}))
    await wire.expectClose(505, text, 'none')
  })
})

describe('where a header is due', () => {
  const text = 'UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead'

  it('a method closes the connection', async () => {
    const channel = await publishing()
    channel.send('queue.declare', { exclusive: true })
    await channel.wire.expectClose(505, text, 'basic.publish')
  })

  it('channel.close closes the connection', async () => {
    const channel = await publishing()
    channel.send('channel.close')
    await channel.wire.expectClose(505, text, 'basic.publish')
  })

  it('a body closes the connection', async () => {
    const channel = await publishing()
    channel.wire.sendFrame(3, 1, Buffer.from('body'))
    await channel.wire.expectClose(505, text, 'basic.publish')
  })

  it('a header of another class closes the connection', async () => {
    const channel = await publishing()
    channel.wire.sendBytes(header(10, 0, 0n, [0, 0]))
    const other = 'UNEXPECTED_FRAME - expected content header for class 60, got one for class 10 instead'
    await channel.wire.expectClose(505, other, 'basic.publish')
  })

  it('a header with a weight closes the connection', async () => {
    const channel = await publishing()
    channel.wire.sendBytes(header(60, 1, 0n, [0, 0]))
    await channel.wire.expectClose(505, text, 'basic.publish')
  })

  it('a header too short for a body size closes the connection', async () => {
    const channel = await publishing()
    channel.wire.sendFrame(2, 1, Buffer.from([0, 60, 0, 0]))
    const short = 'FRAME_ERROR - type 2, all octets = <<0,60,0,0>>: unknown_frame'
    await channel.wire.expectFatalClose(501, short, 'none')
  })

  it('a body size over 512 MiB closes the connection', async () => {
    const channel = await publishing()
    channel.wire.sendBytes(header(60, 0, 536_870_913n, [0, 0]))
    if (isSizeCheckedAtHeader) {
      const text = 'FRAME_ERROR - content body size 536870913 exceeds maximum allowed size 536870912'
      await channel.wire.expectFatalClose(501, text, 'any')
    } else {
      await (await channel.wire.channel(2)).sync() // 3.10 waits for the body
    }
  })
})

const isSizeCheckedAtHeader = byVersion({ '3.10': false, default: true })

describe('where a body is due', () => {
  const text = 'UNEXPECTED_FRAME - expected content body, got non content body frame instead'

  it('a method closes the connection', async () => {
    const channel = await publishingBody(3)
    channel.send('queue.declare', { exclusive: true })
    await channel.wire.expectClose(505, text, 'basic.publish')
  })

  it('a header closes the connection', async () => {
    const channel = await publishingBody(3)
    channel.wire.sendBytes(encodeHeader(1, 3, {}))
    await channel.wire.expectClose(505, text, 'basic.publish')
  })

  it('more body than the header announced closes the connection', async () => {
    const channel = await publishingBody(3)
    channel.wire.sendFrame(3, 1, Buffer.from('four'))
    channel.send('queue.declare', { exclusive: true }) // 3.10 looks at the next frame before it complains
    const [code, text] = byVersion<[number, string]>({
      '3.10': [505, 'UNEXPECTED_FRAME - expected content body, got non content body frame instead'],
      default: [501, 'FRAME_ERROR - content body frame exceeds remaining content size'],
    })
    await channel.wire.expectFatalClose(code, text, 'any')
  })
})

/** RabbitMQ 3.10 crashes the channel on these; what counts is that the connection ends with a hard error. */
const unreadable = byVersion({ '3.10': /^INTERNAL_ERROR$/, default: /^[A-Z]+_[A-Z]+/ })

describe('properties that cannot be read', () => {
  it.each([
    ['no property flags', []],
    ['a property cut off', [0x80, 0, 5, 65]],
    ['bytes after the last property', [0, 0, 1, 2, 3]],
    ['more property flags than there are properties', [0, 1, 0, 0]],
    ['a header of unknown type', [0x20, 0, 0, 0, 0, 3, 1, 0x61, 0x51]],
  ])('%s: the connection is closed', async (_, rest) => {
    const channel = await publishing()
    channel.wire.sendBytes(header(60, 0, 0n, rest))
    await channel.wire.expectFatalClose(byVersion({ '3.10': 541, default: 'any' }), unreadable, 'any')
  })
})
