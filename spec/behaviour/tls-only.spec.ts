/** A broker whose plain port is switched off: TLS, WebSocket or a unix socket are its ways in, or it does not start. */
import { connect } from 'amqplib'
import { createWebSocketStream, WebSocket } from 'ws'
import type { BrokerOptions } from '../../src/config/options'
import { createBroker, type EmbeddedBroker } from '../../src/embed/embedded-broker'
import { TestBroker } from '../../src/testing/test-broker'
import { connectOn } from '../support/amqplib-on-stream'
import { certificatePath, clientTls } from '../support/certificates'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const nextPath = pathsIn(temporaryFolder())
const tls = { tlsCert: certificatePath('server.pem'), tlsKey: certificatePath('server.key'), tlsPort: 0 }
const free = { port: false, managementPort: 0, prometheusPort: 0, logLevel: 'silent' } as const

let broker: EmbeddedBroker | undefined
afterEach(() => broker?.close())

async function start(options: BrokerOptions): Promise<EmbeddedBroker> {
  broker = await createBroker({ ...free, ...options })
  return broker
}

async function ask(path: string): Promise<unknown> {
  const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`
  const response = await fetch(`${broker?.managementUrl}/api${path}`, { headers: { authorization } })
  return await response.json()
}

describe('a broker without its plain port', () => {
  it('is at the port for TLS, and says so everywhere', async () => {
    const { url, port, listeners } = await start({ ...tls, management: true })
    expect(url).toBe(`amqps://guest:guest@127.0.0.1:${port}`)
    await (await connect(url, clientTls())).close()
    expect(listeners.map(({ protocol }) => protocol)).toEqual(['amqp/ssl', 'http'])
    const protocols = ['amqp/ssl', 'http']
    expect(await ask('/overview')).toMatchObject({ listeners: protocols.map(protocol => ({ protocol })) })
    expect(await ask('/health/checks/ready-to-serve-clients')).toEqual({ status: 'ok' })
    expect(await ask(`/health/checks/port-listener/${port}`)).toEqual({ status: 'ok', port })
    expect(await ask('/health/checks/protocol-listener/amqp')).toEqual({
      ...{ status: 'failed', reason: 'No active listener' },
      ...{ missing: ['amqp'], protocols },
    })
  })

  it('is at the unix socket, which is no port', async () => {
    const socket = nextPath()
    const { url, port } = await start({ socket, management: true })
    expect({ url, port }).toEqual({ url: `unix:${socket}`, port: 0 })
    expect(await ask('/health/checks/port-listener/0')).toMatchObject({ missing: 0 })
  })

  it('is at its management, over WebSocket, before the port of the metrics', async () => {
    const { url } = await start({ management: true, prometheus: true })
    const stream = createWebSocketStream(new WebSocket(url))
    await (await connectOn(stream)).close()
    expect(await ask('/health/checks/ready-to-serve-clients')).toMatchObject({ status: 'failed' })
  })

  it('does not start where nobody could get in', async () => {
    await expect(start({ prometheus: true })).rejects.toMatchObject({
      name: 'OptionError',
      message: 'option "port" is false, and there is no other way in: give tlsCert, socket or management',
    })
  })

  it('for tests is at the same port for TLS again when it was restarted', async () => {
    const test = await TestBroker.start({ ...free, ...tls })
    await test.restart()
    await (await connect(test.url, clientTls())).close()
    await test.stop()
  })
})
