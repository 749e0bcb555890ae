/** 4.2.7, heartbeating: RabbitMQ sends one every half interval, and hangs up after two silent ones. */
import { useBroker } from '../support/broker'
import { itTogether } from '../support/together'
import type { Wire } from '../support/wire'

const broker = useBroker('all')

/** Runs `act` at each heartbeat of the server until there were so many. */
function beats(wire: Wire, count: number, act: () => void = () => {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`only ${wire.heartbeats} heartbeats`)), 12_000)
    wire.onHeartbeat = () => {
      act()
      if (wire.heartbeats < count) return
      clearTimeout(timer)
      resolve()
    }
  })
}

describe('a heartbeat of one second', () => {
  itTogether({
    'makes the server send heartbeats while it has nothing else to say': async () => {
      const wire = await broker.open({ heartbeat: 1 })
      await beats(wire, 2)
    },
    'ends a connection whose client is silent, after two to three intervals and without a frame':
      async () => {
        const wire = await broker.open({ heartbeat: 1 })
        const opened = Date.now()
        await wire.expectSilentEof()
        const seconds = (Date.now() - opened) / 1000
        expect(seconds).toBeGreaterThan(1)
        expect(seconds).toBeLessThan(5)
      },
    'ends a silent connection that has channels, consumers and traffic from the server': async () => {
      const wire = await broker.open({ heartbeat: 1 })
      const channel = await wire.channel()
      const queue = await broker.queue(channel)
      await channel.call('basic.consume', { queue, noAck: true })
      await wire.expectSilentEof()
      expect(channel.unread).toEqual([])
    },
    'keeps a connection whose client sends heartbeats': async () => {
      const wire = await broker.open({ heartbeat: 1 })
      await beats(wire, 8, () => wire.sendHeartbeat())
      await (await wire.channel()).sync()
    },
    'keeps a connection whose client sends anything else': async () => {
      const wire = await broker.open({ heartbeat: 1 })
      const channel = await wire.channel()
      await beats(wire, 8, () => channel.publish({ routingKey: broker.name('nobody') }))
      await channel.sync()
    },
    'requeues what a connection that fell silent had not acknowledged': async () => {
      const channel = await broker.channel()
      const queue = await broker.queue(channel, { exclusive: false })
      channel.publish({ routingKey: queue }, 'work')
      const wire = await broker.open({ heartbeat: 1 })
      const silent = await wire.channel()
      await silent.call('basic.consume', { queue })
      await silent.delivery()
      await channel.call('basic.consume', { queue })
      expect(await channel.delivery()).toMatchObject({ redelivered: true, body: Buffer.from('work') })
    },
  })
})

describe('no heartbeat', () => {
  itTogether({
    'keeps a silent connection for longer than a heartbeat would': async () => {
      const silent = await broker.open({ heartbeat: 0 })
      const other = await broker.open({ heartbeat: 1 })
      await other.expectEof()
      expect(silent.heartbeats).toBe(0)
      await (await silent.channel()).sync()
    },
  })
})

describe('a heartbeat frame', () => {
  it('is welcome although none were agreed', async () => {
    const wire = await broker.open({ heartbeat: 0 })
    wire.sendHeartbeat()
    await (await wire.channel()).sync()
  })

  it('is welcome in the handshake', async () => {
    const wire = await (await broker.connect()).login()
    wire.sendHeartbeat()
    wire.tuneOk()
    wire.sendHeartbeat()
    wire.send('connection.open', { virtualHost: wire.target.vhost })
    await wire.expect('connection.open-ok')
  })

  it('on another channel than 0 closes the connection', async () => {
    const wire = await broker.open()
    await wire.channel(1)
    wire.sendFrame(8, 1)
    await wire.expectClose(505, 'UNEXPECTED_FRAME - type 8, all octets = <<>>', 'none')
  })

  it('with a payload closes the connection', async () => {
    const wire = await broker.open()
    wire.sendFrame(8, 0, Buffer.from('abc'))
    await wire.expectFatalClose(501, 'FRAME_ERROR - type 8, all octets = <<"abc">>: unknown_frame', 'none')
  })
})
