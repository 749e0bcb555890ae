/** connection.open, close, update-secret, and connection methods out of turn. */
import { useBroker } from '../support/broker'
import { encodeFrame } from '../support/codec'
import type { MethodName } from '../support/methods'
import { itTogether } from '../support/together'
import { protocolHeader } from '../support/wire'

const broker = useBroker('all')

describe('connection.open', () => {
  it('opens the virtual host of the URL', async () => {
    const wire = await (await broker.connect()).login()
    wire.tuneOk()
    wire.send('connection.open', { virtualHost: wire.target.vhost })
    expect((await wire.expect('connection.open-ok')).fields).toEqual({ knownHosts: '' })
  })

  it('opens a hundred connections at once', async () => {
    const wires = await Promise.all(Array.from({ length: 100 }, () => broker.open()))
    for (const wire of wires) await (await wire.channel()).sync()
  })

  it('does not mind the reserved fields capabilities and insist', async () => {
    const wire = await (await broker.connect()).login()
    wire.tuneOk()
    wire.send('connection.open', { virtualHost: wire.target.vhost, capabilities: 'some', insist: true })
    await wire.expect('connection.open-ok')
  })

  it('of an unknown virtual host closes the connection', async () => {
    const wire = await (await broker.connect()).login()
    wire.tuneOk()
    const vhost = broker.name('vhost')
    wire.send('connection.open', { virtualHost: vhost })
    await wire.expectClose(530, `NOT_ALLOWED - vhost ${vhost} not found`, 'connection.open')
  })

  it('takes an empty name for a virtual host without name', async () => {
    const wire = await (await broker.connect()).login()
    wire.tuneOk()
    wire.send('connection.open', { virtualHost: '' })
    await wire.expectClose(530, 'NOT_ALLOWED - vhost  not found', 'connection.open')
  })
})

describe('connection.close', () => {
  it('is answered with close-ok', async () => {
    const wire = await broker.open()
    await wire.call('connection.close', { replyCode: 200, replyText: 'bye' })
  })

  it('is answered with close-ok whatever code and text it gives', async () => {
    const wire = await broker.open()
    await wire.call('connection.close', { replyCode: 541, replyText: '', classId: 60, methodId: 40 })
  })

  it('closes open channels with it', async () => {
    const wire = await broker.open()
    const channel = await wire.channel()
    await broker.queue(channel)
    await wire.channel(7)
    await wire.call('connection.close')
    expect(channel.unread).toEqual([])
  })

  it('works on all that was sent before it', async () => {
    const wire = await broker.open()
    const channel = await wire.channel()
    const other = await broker.channel()
    const queue = await broker.queue(other, { exclusive: false })
    for (let i = 0; i < 100; i++) channel.publish({ routingKey: queue }, `${i}`)
    await wire.call('connection.close')
    await other.expectCounts(queue, { messages: 100 })
  })

  it('rule "stability": after it, methods are ignored', async () => {
    const wire = await broker.open()
    const channel = await wire.channel()
    const queue = broker.name('queue')
    wire.send('connection.close')
    channel.send('queue.declare', { queue })
    await wire.expect('connection.close-ok')
    expect(channel.unread).toEqual([])
    const other = await broker.channel()
    other.send('queue.declare', { queue, passive: true })
    await other.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })

  it('rule "stability": after the server has sent it, all but close and close-ok is ignored', async () => {
    const wire = await broker.open()
    const channel = await wire.channel()
    const queue = broker.name('queue')
    channel.send('basic.qos', { prefetchSize: 1 })
    channel.send('basic.qos', { prefetchSize: 2 })
    channel.send('queue.declare', { queue })
    await wire.expectFatalClose(540, 'NOT_IMPLEMENTED - prefetch_size!=0 (1)', 'basic.qos')
    channel.send('queue.declare', { queue })
    wire.send('connection.close-ok')
    await wire.expectSilentEof()
    expect(channel.unread).toEqual([])
    const other = await broker.channel()
    other.send('queue.declare', { queue, passive: true })
    await other.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })

  it('rule "stability": after the server has sent it, the client\'s close is answered', async () => {
    const wire = await broker.open()
    const channel = await wire.channel()
    channel.send('basic.qos', { prefetchSize: 1 })
    await wire.expectFatalClose(540, 'NOT_IMPLEMENTED - prefetch_size!=0 (1)', 'basic.qos')
    wire.send('connection.close')
    await wire.expect('connection.close-ok')
  })
})

describe('connection.update-secret', () => {
  it.each([
    ['the password', broker.target.password],
    ['any other secret', 'something else'],
    ['an empty secret', ''],
  ])('is answered with ok for %s', async (_, secret) => {
    const wire = await broker.open()
    await wire.call('connection.update-secret', { newSecret: Buffer.from(secret), reason: 'rotation' })
    await (await wire.channel()).sync()
  })
})

describe('a method of class connection in an open connection', () => {
  it.each<MethodName>([
    'connection.start',
    'connection.start-ok',
    'connection.tune',
    'connection.tune-ok',
    'connection.open',
    'connection.open-ok',
    'connection.close-ok',
    'connection.blocked',
    'connection.unblocked',
  ])('%s is out of turn', async method => {
    const wire = await broker.open()
    wire.send(method, {})
    await wire.expectClose(504, 'CHANNEL_ERROR - unexpected method in connection state running', method)
  })

  it.each<MethodName>([
    'connection.start',
    'connection.open',
    'connection.close',
    'connection.update-secret',
  ])('%s does not belong on a channel', async method => {
    const wire = await broker.open()
    const channel = await wire.channel()
    channel.send(method, {})
    await wire.expectClose(503, 'COMMAND_INVALID - unimplemented method', method)
  })
})

describe('a method of another class on channel 0', () => {
  it.each<MethodName>(['channel.open', 'channel.close', 'queue.declare', 'basic.publish', 'tx.select'])(
    '%s is out of turn',
    async method => {
      const wire = await broker.open()
      wire.send(method, {})
      await wire.expectClose(504, 'CHANNEL_ERROR - unexpected method in connection state running', method)
    },
  )
})

describe('in the handshake, a method out of turn', () => {
  const unexpected = (state: string) => `CHANNEL_ERROR - unexpected method in connection state ${state}`
  itTogether({
    'connection.open instead of start-ok ends the connection': async () => {
      const wire = await broker.connect()
      wire.sendBytes(protocolHeader)
      await wire.expect('connection.start')
      wire.send('connection.open', { virtualHost: wire.target.vhost })
      await wire.expectRefused(504, unexpected('starting'), 'connection.open')
    },
    'channel.open instead of start-ok ends the connection': async () => {
      const wire = await broker.connect()
      wire.sendBytes(protocolHeader)
      await wire.expect('connection.start')
      wire.sendFrame(1, 1, Buffer.from([0, 20, 0, 10, 0]))
      await wire.expectRefused(504, /^CHANNEL_ERROR/, 'any')
    },
    'connection.open instead of tune-ok ends the connection': async () => {
      const wire = await (await broker.connect()).login()
      wire.send('connection.open', { virtualHost: wire.target.vhost })
      await wire.expectRefused(504, unexpected('tuning'), 'connection.open')
    },
    'connection.tune-ok instead of open closes the connection': async () => {
      const wire = await (await broker.connect()).login()
      wire.tuneOk()
      wire.tuneOk()
      await wire.expectClose(504, unexpected('opening'), 'connection.tune-ok')
    },
    'connection.close instead of open closes the connection': async () => {
      const wire = await (await broker.connect()).login()
      wire.tuneOk()
      wire.send('connection.close')
      await wire.expectClose(504, unexpected('opening'), 'connection.close')
    },
    'a frame that is no method ends the connection': async () => {
      const wire = await broker.connect()
      wire.sendBytes(protocolHeader)
      await wire.expect('connection.start')
      wire.sendBytes(encodeFrame(3, 0, Buffer.from('body')))
      await wire.expectRefused(505, /^UNEXPECTED_FRAME/, 'any')
    },
  })
})
