/** connection.tune and tune-ok: what is offered, what is agreed, and that it holds. */
import { useBroker } from '../support/broker'
import { encodeMethod } from '../support/codec'
import { itTogether } from '../support/together'
import type { OpenOptions, Wire } from '../support/wire'

const broker = useBroker('all')

async function tuned(options: OpenOptions): Promise<Wire> {
  const wire = await (await broker.connect()).login()
  wire.tuneOk(options)
  wire.send('connection.open', { virtualHost: wire.target.vhost })
  return wire
}

describe('connection.tune', () => {
  it('offers 2047 channels, frames of 131072 bytes and a heartbeat of 60 seconds', async () => {
    const wire = await (await broker.connect()).login()
    expect(wire.tune).toEqual({ channelMax: 2047, frameMax: 131072, heartbeat: 60 })
  })
})

describe('connection.tune-ok', () => {
  it.each([
    ['the values offered', {}],
    ['a single channel', { channelMax: 1 }],
    ['field frame-max, rule "minimum": frames of 4096 bytes', { frameMax: 4096 }],
    ['a heartbeat of one second', { heartbeat: 1 }],
    ['a heartbeat longer than the one offered', { heartbeat: 3600 }],
    ['no heartbeat', { heartbeat: 0 }],
  ])('may ask for %s', async (_, options) => {
    const wire = await tuned(options)
    await wire.expect('connection.open-ok')
  })

  const method = 'connection.tune-ok'
  const higher = (field: string, value: string, max: number) =>
    `NOT_ALLOWED - negotiated ${field} = ${value} is higher than the maximum allowed value (${max})`

  itTogether({
    'field channel-max, rule "upper-limit": more channels than offered end the connection': async () => {
      const wire = await tuned({ channelMax: 2048 })
      await wire.expectRefused(530, higher('channel_max', '2048', 2047), method)
    },
    'field channel-max: 0, for no limit, is more than offered': async () => {
      const wire = await tuned({ channelMax: 0 })
      await wire.expectRefused(530, higher('channel_max', '0 (no limit)', 2047), method)
    },
    'field frame-max, rule "upper-limit": larger frames than offered end the connection': async () => {
      const wire = await tuned({ frameMax: 131073 })
      await wire.expectRefused(530, higher('frame_max', '131073', 131072), method)
    },
    'field frame-max: 0, for no limit, is more than offered': async () => {
      const wire = await tuned({ frameMax: 0 })
      await wire.expectRefused(530, higher('frame_max', '0 (no limit)', 131072), method)
    },
    'field frame-max, rule "minimum": frames of less than 4096 bytes end the connection': async () => {
      const wire = await tuned({ frameMax: 4095 })
      const lower =
        /^NOT_ALLOWED - negotiated frame_max = 4095 is lower than the minimum allowed value \(\d+\)$/
      await wire.expectRefused(530, lower, method)
    },
  })
})

describe('an agreed channel-max', () => {
  const full = (max: number) =>
    `NOT_ALLOWED - number of channels opened (${max}) has reached the negotiated channel_max (${max})`

  it('allows that many channels, and the next one closes the connection', async () => {
    const wire = await broker.open({ channelMax: 3 })
    await wire.channel(1)
    await wire.channel(2)
    await wire.channel(3)
    wire.unopenedChannel(4).send('channel.open')
    await wire.expectClose(530, full(3), 'none')
  })

  it('counts open channels: a closed one makes room', async () => {
    const wire = await broker.open({ channelMax: 1 })
    const first = await wire.channel(1)
    await first.close()
    await wire.channel(1)
    wire.unopenedChannel(2).send('channel.open')
    await wire.expectClose(530, full(1), 'none')
  })

  it('counts channels and not their numbers, as RabbitMQ does', async () => {
    const wire = await broker.open({ channelMax: 2 })
    await wire.channel(1)
    await (await wire.channel(65535)).sync()
    wire.unopenedChannel(2).send('channel.open')
    await wire.expectClose(530, full(2), 'none')
  })

  it('of 2047 can be used up', async () => {
    const wire = await broker.open()
    const opens = Array.from({ length: 2047 }, (_, i) => encodeMethod(i + 1, 'channel.open', {}))
    wire.sendBytes(Buffer.concat(opens))
    for (let number = 1; number <= 2047; number++)
      await wire.unopenedChannel(number).expect('channel.open-ok')
    wire.unopenedChannel(2048).send('channel.open')
    await wire.expectClose(530, full(2047), 'none')
  })
})

describe('an agreed frame-max of 4096', () => {
  it('cuts bodies sent to this client into frames of at most 4088 bytes', async () => {
    const channel = await broker.channel({ frameMax: 4096 })
    const queue = await broker.queue(channel)
    const publisher = await broker.channel()
    const body = Buffer.alloc(10_000, 'body')
    publisher.publish({ routingKey: queue }, body)
    await publisher.sync()
    const got = await channel.get(queue)
    expect(got?.frameBytes).toEqual([4088, 4088, 1824])
    expect(got?.body).toEqual(body)
  })

  it('lets the server read a frame of 4096 bytes', async () => {
    const channel = await broker.channel({ frameMax: 4096 })
    const queue = await broker.queue(channel)
    channel.publish({ routingKey: queue }, Buffer.alloc(4088, 1))
    expect((await channel.get(queue))?.frameBytes).toEqual([4088])
  })
})
