/** Each thing a peer can do wrong costs that peer, and gives the others back what it held. */
import { encodeFrame, encodeHeader, encodeMethod } from '../../conformance/support/codec'
import type { Wire } from '../../conformance/support/wire'
import { eventually } from '../support/eventually'
import { underAttack } from './under-attack'

const attack = underAttack()

const publish = encodeMethod(1, 'basic.publish', { routingKey: 'nowhere' })

const connectionMistakes: [string, Buffer | readonly Buffer[]][] = [
  ['a frame larger than agreed', frameHeader(3, 1, 131_073)],
  ['a frame of 4 GiB', frameHeader(1, 1, 0xffffffff)],
  ['a frame with a wrong end', encodeFrame(8, 0, Buffer.alloc(0), 0xcd)],
  ['a frame of unknown type', encodeFrame(7, 1, Buffer.from('x'))],
  ['a heartbeat with a payload', encodeFrame(8, 0, Buffer.from('x'))],
  ['a heartbeat on a channel', encodeFrame(8, 1, Buffer.alloc(0))],
  ['a body larger than announced', [publish, encodeHeader(1, 3, {}), encodeFrame(3, 1, Buffer.from('four'))]],
  ['a body that was not announced', encodeFrame(3, 1, Buffer.from('body'))],
  ['a header that was not announced', encodeHeader(1, 3, {})],
  ['two headers', [publish, encodeHeader(1, 3, {}), encodeHeader(1, 3, {})]],
  ['a body without a header', [publish, encodeFrame(3, 1, Buffer.from('body'))]],
  ['a method in place of a header', [publish, encodeMethod(1, 'basic.get', { queue: 'q' })]],
  ['a method in the middle of a body', [publish, encodeHeader(1, 3, {}), encodeMethod(1, 'tx.select', {})]],
  ['a publish in the middle of a body', [publish, encodeHeader(1, 3, {}), publish]],
  ['a header on channel 0', encodeHeader(0, 3, {})],
  ['a body on channel 0', encodeFrame(3, 0, Buffer.from('body'))],
  ['a publish on channel 0', encodeMethod(0, 'basic.publish', { routingKey: 'nowhere' })],
  ['a connection method on a channel', encodeMethod(1, 'connection.open', { virtualHost: '/' })],
  ['content on a channel that is not open', encodeHeader(9, 3, {})],
  ['a method on a channel that is not open', encodeMethod(9, 'tx.select', {})],
  ['a channel opened twice', encodeMethod(1, 'channel.open', {})],
  ['a second start-ok', encodeMethod(0, 'connection.start-ok', {})],
  ['a second tune-ok', encodeMethod(0, 'connection.tune-ok', {})],
  ['a second open', encodeMethod(0, 'connection.open', { virtualHost: '/' })],
  ['a connection.start', encodeMethod(0, 'connection.start', {})],
  ['a connection.blocked', encodeMethod(0, 'connection.blocked', { reason: 'me' })],
  ['a basic.deliver', encodeMethod(1, 'basic.deliver', {})],
  ['a basic.return', encodeMethod(1, 'basic.return', {})],
  ['a queue.declare-ok', encodeMethod(1, 'queue.declare-ok', {})],
  ['a class that does not exist', encodeFrame(1, 1, Buffer.from([0, 70, 0, 10]))],
  ['a method that does not exist', encodeFrame(1, 1, Buffer.from([0, 60, 0, 99]))],
  ['a method without an id', encodeFrame(1, 1, Buffer.alloc(0))],
  ['a method with half an id', encodeFrame(1, 1, Buffer.from([0, 60]))],
  [
    'arguments cut short',
    encodeFrame(1, 1, encodeMethod(1, 'queue.declare', { queue: 'q' }).subarray(7, 13)),
  ],
  ['octets behind the arguments', encodeFrame(1, 1, Buffer.from([0, 90, 0, 10, 1, 2, 3]))],
  ['a name that is no UTF-8', encodeFrame(1, 1, Buffer.from([0, 60, 0, 70, 0, 0, 2, 0xc3, 0x28, 0]))],
  ['a table longer than its frame', declareWith(0x7fffffff)],
  ['a table of 4 GiB', declareWith(0xffffffff)],
  ['a table that ends inside a field', declareWith(3, Buffer.from([1, 0x61, 0x49]))],
  ['a table of an unknown type', declareWith(3, Buffer.from([1, 0x61, 0x3f]))],
  [
    'a long string longer than its table',
    declareWith(7, Buffer.from([1, 0x61, 0x53, 0xff, 0xff, 0xff, 0xff])),
  ],
  ['tables in tables in tables', declareWith(nested(20_000).length, nested(20_000))],
  ['arrays in arrays in arrays', declareWith(nestedArrays(20_000).length, nestedArrays(20_000))],
  ['headers in headers in headers', [publish, headerWith(0x2000, sized(nested(10_000)))]],
  ['headers longer than their frame', [publish, headerWith(0x2000, Buffer.from([0x7f, 0xff, 0xff, 0xff]))]],
  ['property flags that go on and on', [publish, headerWith(0x0001, Buffer.alloc(1000, 0xff))]],
  ['properties that are not there', [publish, headerWith(0xfffc, Buffer.alloc(0))]],
  ['octets behind the properties', [publish, headerWith(0x1000, Buffer.from([2, 3]))]],
  ['a header too short for its size', [publish, encodeFrame(2, 1, Buffer.from([0, 60, 0, 0, 0, 0]))]],
  [
    'a header of another class',
    [publish, encodeFrame(2, 1, Buffer.concat([Buffer.from([0, 50]), Buffer.alloc(12)]))],
  ],
  ['a body of 2^63 octets', [publish, encodeFrame(2, 1, Buffer.from('003c0000ffffffffffffffff0000', 'hex'))]],
  ['a channel number beyond the agreed', channels(2048)],
]

const channelMistakes: [string, Buffer | readonly Buffer[]][] = [
  ['an unknown delivery tag', encodeMethod(1, 'basic.ack', { deliveryTag: 99 })],
  ['an unknown queue', encodeMethod(1, 'basic.get', { queue: 'no such queue' })],
  ['an unknown exchange', encodeMethod(1, 'queue.bind', { queue: 'shared', exchange: 'no such exchange' })],
  ['a reserved name', encodeMethod(1, 'queue.declare', { queue: 'amq.mine' })],
  ['a commit without a transaction', encodeMethod(1, 'tx.commit', {})],
  [
    'a nonsense argument',
    encodeMethod(1, 'queue.declare', { queue: 'q', arguments: { 'x-expires': 'soon' } }),
  ],
]

/** The mistakes are made by somebody who holds an exclusive queue and, unacknowledged, a message of all. */
async function holder() {
  const { wire: clerk, channel: desk } = await attack.attacker()
  await desk.call('queue.declare', { queue: 'shared', autoDelete: true })
  await desk.call('basic.consume', { queue: 'shared', consumerTag: 'clerk', arguments: { 'x-priority': -1 } })
  await desk.call('basic.qos', { prefetchCount: 1 })
  const { wire, channel } = await attack.attacker()
  await channel.call('queue.declare', { queue: 'mine', exclusive: true })
  await channel.call('basic.consume', { queue: 'shared' })
  desk.publish({ routingKey: 'shared' }, 'ours')
  expect((await channel.delivery()).body.toString()).toBe('ours')
  return { clerk, desk, wire, channel }
}

function send(wire: Wire, mistake: Buffer | readonly Buffer[]): void {
  wire.sendBytes(Buffer.isBuffer(mistake) ? mistake : Buffer.concat(mistake as Buffer[]))
}

describe('a mistake that costs the connection', () => {
  it.each(connectionMistakes)('%s gives back what it held, and is ended', async (_, mistake) => {
    const { desk, wire } = await holder()
    send(wire, mistake)
    const returned = await desk.delivery()
    expect([returned.body.toString(), returned.redelivered]).toEqual(['ours', true])
    expect(attack.broker.vhost.queues.has('mine')).toBe(false)
    await attack.pass(30_000)
    await wire.expectEof()
  })
})

describe('a mistake that costs the channel', () => {
  it.each(channelMistakes)('%s gives back what the channel held', async (_, mistake) => {
    const { desk, wire, channel } = await holder()
    send(wire, mistake)
    const returned = await desk.delivery()
    expect([returned.body.toString(), returned.redelivered]).toEqual(['ours', true])
    await channel.answer('channel.close')
    const second = await wire.channel()
    expect(await second.call('queue.declare', { queue: 'mine', passive: true })).toBeDefined()
  })
})

describe('a peer that is gone', () => {
  const halfFrame = frameHeader(3, 1, 100_000)
  const halfMessage = Buffer.concat([publish, encodeHeader(1, 100, {}), encodeFrame(3, 1, Buffer.alloc(10))])

  it.each([
    ['in the middle of a frame', halfFrame],
    ['in the middle of a message', halfMessage],
    ['between two frames', Buffer.alloc(0)],
  ])('by a reset %s gives back what it held', async (_, last) => {
    const { desk, wire } = await holder()
    wire.sendBytes(last)
    await wire.sent()
    wire.socket.resetAndDestroy()
    expect((await desk.delivery()).redelivered).toBe(true)
  })

  it.each([
    ['in the middle of a frame', halfFrame],
    ['in the middle of a message', halfMessage],
    ['between two frames', Buffer.alloc(0)],
  ])('by an end %s gives back what it held', async (_, last) => {
    const { desk, wire } = await holder()
    wire.socket.end(last)
    expect((await desk.delivery()).redelivered).toBe(true)
    await wire.expectEof()
  })

  it('from one direction only gives back what it held', async () => {
    const { desk, wire } = await holder()
    wire.socket.allowHalfOpen = true
    wire.socket.end()
    expect((await desk.delivery()).redelivered).toBe(true)
    await eventually(() => expect(wire.socket.readableEnded).toBe(true))
  })
})

function frameHeader(type: number, channel: number, size: number): Buffer {
  const header = Buffer.alloc(7)
  header.writeUInt8(type, 0)
  header.writeUInt16BE(channel, 1)
  header.writeUInt32BE(size, 3)
  return header
}

function sized(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

/** queue.declare with a table that says it has `size` bytes. */
function declareWith(size: number, table: Buffer = Buffer.alloc(0)): Buffer {
  const fixed = Buffer.from([0, 50, 0, 10, 0, 0, 1, 0x71, 0])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(size)
  return encodeFrame(1, 1, Buffer.concat([fixed, length, table]))
}

/** A header frame of class basic for a body of 3 bytes with these property flags and values. */
function headerWith(flags: number, values: Buffer): Buffer {
  const fixed = Buffer.from('003c000000000000000000030000', 'hex')
  fixed.writeUInt16BE(flags, 12)
  return encodeFrame(2, 1, Buffer.concat([fixed, values]))
}

/** `{ '': { '': { … } } }`, six bytes a level, every length in it true. */
function nested(levels: number): Buffer {
  const bytes = Buffer.alloc(levels * 6)
  for (let level = 0; level < levels; level++) {
    bytes.write('F', level * 6 + 1)
    bytes.writeUInt32BE((levels - level - 1) * 6, level * 6 + 2)
  }
  return bytes
}

/** `{ '': [[[ … ]]] }`. */
function nestedArrays(levels: number): Buffer {
  const bytes = Buffer.alloc(1 + levels * 5)
  for (let level = 0; level < levels; level++) {
    bytes.write('A', 1 + level * 5)
    bytes.writeUInt32BE((levels - level - 1) * 5, level * 5 + 2)
  }
  return bytes
}

/** channel.open for so many channels. */
function channels(count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => encodeMethod(index + 2, 'channel.open', {})),
  )
}
