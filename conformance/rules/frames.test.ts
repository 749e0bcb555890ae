/** 4.2.3, frames: their bounds, their types, and methods that cannot be read. */
import { useBroker } from '../support/broker'
import { encodeFrame, encodeHeader, encodeMethod } from '../support/codec'

const broker = useBroker()

describe('a frame', () => {
  it('may come one byte at a time', async () => {
    const channel = await broker.channel()
    const queue = broker.name('queue')
    for (const byte of encodeMethod(1, 'queue.declare', { queue, exclusive: true })) {
      channel.wire.sendBytes(Buffer.from([byte]))
    }
    await channel.expect('queue.declare-ok')
  })

  it('may come cut at any place, with the next one behind it', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const message = Buffer.concat([
      encodeMethod(1, 'basic.publish', { routingKey: queue }),
      encodeHeader(1, 4, {}),
      encodeFrame(3, 1, Buffer.from('body')),
    ])
    for (let at = 1; at < message.length; at++) {
      channel.wire.sendBytes(message.subarray(0, at))
      await channel.wire.sent()
      channel.wire.sendBytes(message.subarray(at))
    }
    expect(await channel.drain(queue)).toEqual(Array(message.length - 1).fill('body'))
  })

  it('may come with a thousand others in one piece', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    const get = encodeMethod(1, 'basic.get', { queue })
    channel.wire.sendBytes(Buffer.concat(Array(1000).fill(get)))
    for (let i = 0; i < 1000; i++) await channel.expect('basic.get-empty')
  })
})

describe('a frame that does not end in 0xCE', () => {
  it('closes the connection, whatever its type', async () => {
    const wire = await broker.open()
    wire.sendFrame(8, 0, Buffer.alloc(0), 0)
    const text = 'FRAME_ERROR - type 8, all octets = <<>>: {invalid_frame_end_marker,0}'
    await wire.expectFatalClose(501, text, 'none')
  })

  it('of class and method closes the connection', async () => {
    const channel = await broker.channel()
    channel.wire.sendFrame(1, 1, Buffer.from([0, 20, 0, 40]), 7)
    const text = 'FRAME_ERROR - type 1, all octets = <<0,20,0,40>>: {invalid_frame_end_marker,7}'
    await channel.wire.expectFatalClose(501, text, 'none')
  })

  it('with a long payload shows its first 16 octets', async () => {
    const wire = await broker.open()
    wire.sendFrame(3, 0, Buffer.from('0123456789abcdefghij'), 1)
    const text =
      'FRAME_ERROR - type 3, first 16 octets = <<"0123456789abcdef">>: {invalid_frame_end_marker,1}'
    await wire.expectFatalClose(501, text, 'none')
  })
})

describe('a frame of unknown type', () => {
  it.each([0, 4, 5, 7, 9, 255])('%d closes the connection', async type => {
    const wire = await broker.open()
    wire.sendFrame(type, 0, Buffer.from('abc'))
    await wire.expectFatalClose(
      501,
      `FRAME_ERROR - type ${type}, all octets = <<"abc">>: unknown_frame`,
      'none',
    )
  })

  it('on an open channel closes the connection', async () => {
    const channel = await broker.channel()
    channel.wire.sendFrame(5, 1, Buffer.from('abc'))
    await channel.wire.expectFatalClose(
      501,
      'FRAME_ERROR - type 5, all octets = <<"abc">>: unknown_frame',
      'none',
    )
  })
})

describe('a frame larger than agreed', () => {
  it('closes the connection before its payload was read', async () => {
    const wire = await broker.open()
    wire.sendBytes(Buffer.from([3, 0, 1, 0, 2, 0, 1]))
    const text = 'FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,131073,131064}'
    await wire.expectFatalClose(501, text, 'none')
  })

  it('of 4096 closes the connection', async () => {
    const wire = await broker.open({ frameMax: 4096 })
    await wire.channel()
    wire.sendFrame(3, 1, Buffer.alloc(4097))
    const text = 'FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,4097,4088}'
    await wire.expectFatalClose(501, text, 'none')
  })

  it('by the eight bytes around the payload is let through, as RabbitMQ does for careless clients', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel)
    channel.send('basic.publish', { routingKey: queue })
    channel.wire.sendBytes(encodeHeader(1, 131072, {}))
    channel.wire.sendFrame(3, 1, Buffer.alloc(131072))
    expect((await channel.get(queue))?.body).toHaveLength(131072)
  })
})

describe('a header or body frame on channel 0', () => {
  it('closes the connection: a header', async () => {
    const wire = await broker.open()
    wire.sendBytes(encodeHeader(0, 0, {}))
    const text = 'UNEXPECTED_FRAME - type 2, all octets = <<0,60,0,0,0,0,0,0,0,0,0,0,0,0>>'
    await wire.expectClose(505, text, 'none')
  })

  it('closes the connection: a body', async () => {
    const wire = await broker.open()
    wire.sendFrame(3, 0, Buffer.from('a'))
    await wire.expectClose(505, 'UNEXPECTED_FRAME - type 3, all octets = <<"a">>', 'none')
  })
})

describe('a method frame', () => {
  it.each([
    ['nothing', [], '<<>>'],
    ['half a method id', [0, 50, 0], '<<0,50,0>>'],
  ])('that holds %s closes the connection', async (_, payload, shown) => {
    const channel = await broker.channel()
    channel.wire.sendFrame(1, 1, Buffer.from(payload))
    await channel.wire.expectFatalClose(
      501,
      `FRAME_ERROR - type 1, all octets = ${shown}: unknown_frame`,
      'none',
    )
  })

  it('with too few bytes for its fields closes the connection and names the method', async () => {
    const channel = await broker.channel()
    channel.wire.sendFrame(1, 1, Buffer.from([0, 50, 0, 10, 0, 0, 5, 65]))
    await channel.wire.expectFatalClose(501, 'FRAME_ERROR - cannot decode <<0,0,5,65>>', 'queue.declare')
  })

  it('with more bytes than its fields closes the connection and names the method', async () => {
    const channel = await broker.channel()
    const declare = encodeMethod(1, 'queue.declare', { exclusive: true }).subarray(7, -1)
    channel.wire.sendFrame(1, 1, Buffer.concat([declare, Buffer.from('xx')]))
    const text = 'FRAME_ERROR - cannot decode <<0,0,0,4,0,0,0,0,120,120>>'
    await channel.wire.expectFatalClose(501, text, 'queue.declare')
  })

  it('of an unknown class drops the connection without a frame', async () => {
    const channel = await broker.channel()
    channel.wire.sendFrame(1, 1, Buffer.from([0, 99, 0, 99]))
    await channel.wire.expectRefused(...unknownMethod)
  })

  it('of an unknown method drops the connection without a frame', async () => {
    const channel = await broker.channel()
    channel.wire.sendFrame(1, 1, Buffer.from([0, 50, 0, 99]))
    await channel.wire.expectRefused(...unknownMethod)
  })

  it('of an unknown method on channel 0 drops the connection without a frame', async () => {
    const wire = await broker.open()
    wire.sendFrame(1, 0, Buffer.from([0, 10, 0, 99]))
    await wire.expectRefused(...unknownMethod)
  })

  it('with a field table that cannot be read ends the connection', async () => {
    const channel = await broker.channel()
    const declare = encodeMethod(1, 'queue.declare', { exclusive: true, arguments: { a: 1 } })
    declare.write('Q', declare.length - 3) // no type of field value
    channel.wire.sendBytes(declare)
    await channel.wire.expectRefused(...unknownMethod)
  })

  it('with a short string that is no UTF-8 closes the connection', async () => {
    const channel = await broker.channel()
    const declare = encodeMethod(1, 'queue.declare', { queue: 'ab', exclusive: true })
    declare[14] = 0xff
    channel.wire.sendBytes(declare)
    await channel.wire.expectFatalClose(501, 'FRAME_ERROR - Malformed UTF-8 in shortstr', 'any')
  })
})

/** RabbitMQ's reader crashes and drops the socket; a server may say what it does not know. */
const unknownMethod = ['any', /^[A-Z]+_[A-Z]+/, 'any'] as const
