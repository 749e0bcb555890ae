/** The management port over TLS: HTTPS and AMQP over secure WebSockets, with the certificate of the broker. */
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { json } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { createWebSocketStream, WebSocket } from 'ws'
import { createBroker, type EmbeddedBroker } from '../../src/embed/embedded-broker'
import { connectOn } from '../support/amqplib-on-stream'
import { certificatePath, clientTls } from '../support/certificates'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const nextPath = pathsIn(temporaryFolder())

let broker: EmbeddedBroker
let cert: string
let key: string

beforeEach(async () => {
  cert = nextPath()
  key = nextPath()
  install('server')
  broker = await createBroker({
    port: 0,
    tlsPort: 0,
    tlsCert: cert,
    tlsKey: key,
    management: true,
    managementPort: 0,
    managementTls: true,
    logLevel: 'silent',
  })
})

afterEach(() => broker.close())

function install(name: string): void {
  copyFileSync(certificatePath(`${name}.pem`), cert)
  copyFileSync(certificatePath(`${name}.key`), key)
}

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const options: RequestOptions = { ...clientTls(), auth: 'guest:guest' }
  const sent = request(`${broker.managementUrl}/api${path}`, options).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, body: await json(response) }
}

describe('the management over TLS', () => {
  it('answers over HTTPS, and is named so', async () => {
    const { managementUrl = '' } = broker
    expect(managementUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(broker.listeners.at(-1)).toMatchObject({ protocol: 'https', host: '127.0.0.1' })
    expect((await get('/whoami')).status).toBe(200)
  })

  it('tells the health check when the certificate ends, of every listener that shows it', async () => {
    expect((await get('/health/checks/certificate-expiration/1/months')).status).toBe(200)
    const { status, body } = await get('/health/checks/certificate-expiration/200/years')
    expect(status).toBe(503)
    expect(body).toMatchObject({
      status: 'failed',
      expired: ['amqp/ssl', 'https'].map(protocol => ({ protocol, certfile: cert, interface: '127.0.0.1' })),
    })
    expect(JSON.stringify(body)).not.toContain('PRIVATE')
  })

  it('carries AMQP over secure WebSockets', async () => {
    const socket = new WebSocket(`${broker.managementUrl?.replace('https', 'wss')}/ws/amqp`, clientTls())
    await once(socket, 'open')
    const connection = await connectOn(createWebSocketStream(socket))
    const channel = await connection.createChannel()
    await channel.assertQueue('events')
    await connection.close()
  })

  it('takes the new certificate when there is one', async () => {
    install('renewed')
    broker.reloadCertificate()
    const port = Number(new URL(broker.managementUrl ?? '').port)
    const socket = connectTls({ port, host: 'localhost', ...clientTls() })
    await once(socket, 'secureConnect')
    expect(socket.getPeerCertificate().subject['O']).toBe('renewed')
    socket.destroy()
  })
})
