/** The same through the front door: a broker as users embed it, with a real clock. */

import type { Server } from 'node:net'
import { connect } from 'node:net'
import { createBroker, type EmbeddedBroker } from '../../src/embed/embedded-broker'
import { Listener } from '../../src/server/listener'
import { Bystander } from '../support/bystander'

const HANDSHAKE_MS = 150

let broker: EmbeddedBroker
let bystander: Bystander

beforeAll(async () => {
  broker = await createBroker({ port: 0, handshakeTimeout: HANDSHAKE_MS, logLevel: 'silent' })
  bystander = await Bystander.start(broker.url)
  bystander.keepGoing()
})

afterAll(async () => {
  await bystander.rest()
  await bystander.unharmed()
  await bystander.close()
  await broker.close()
})

/** How long a peer is kept that sends these bytes one by one and then nothing. */
async function kept(bytes: string, intervalMs: number): Promise<number> {
  const started = performance.now()
  const socket = connect(broker.port, broker.host)
  let sent = 0
  const dripping = setInterval(() => socket.write(bytes.slice(sent, ++sent), 'latin1'), intervalMs)
  socket.on('error', () => {})
  socket.resume()
  await new Promise(resolve => socket.once('close', resolve))
  clearInterval(dripping)
  return performance.now() - started
}

describe('an embedded broker', () => {
  it.each([
    ['says nothing', '', 1000],
    ['stops after the protocol header', 'AMQP\x00\x00\x09\x01', 1],
    ['sends a byte now and then', 'AMQP\x00\x00\x09\x01\x01\x00\x00\x00\x00', 20],
  ])('drops a peer that %s at the handshake timeout', async (_, bytes, intervalMs) => {
    const ms = await kept(bytes, intervalMs)
    expect(ms).toBeGreaterThan(HANDSHAKE_MS - 20)
    expect(ms).toBeLessThan(HANDSHAKE_MS + 2000)
  })

  it('drops a peer of another protocol at once', async () => {
    expect(await kept('GET / HTTP/1.1\r\n\r\n', 1)).toBeLessThan(HANDSHAKE_MS)
  })

  it('closes though a peer has not said anything yet', async () => {
    const another = await createBroker({ port: 0, logLevel: 'silent' })
    const socket = connect(another.port, another.host)
    await new Promise(resolve => socket.once('connect', resolve))
    await another.close()
  })
})

describe('a listener', () => {
  it('goes on when a connection could not be accepted', async () => {
    const listener = await Listener.open({ host: '127.0.0.1', port: 0 }, transport => transport.destroy())
    const server = Reflect.get(listener, 'server') as Server
    server.emit('error', new Error('accept ENFILE'))
    const socket = connect(listener.port, listener.host)
    await new Promise(resolve => socket.once('close', resolve))
    await listener.close()
  })
})
