/** What those may take up at the HTTP ports who have not logged in: places, which who has logged in does not lose. */
import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import WebSocket from 'ws'
import type { BrokerOptions, EmbeddedBroker } from '../../src/index'
import { certificatePath } from '../support/certificates'
import { eventually } from '../support/eventually'

const { createBroker } = require('../../dist') as typeof import('../../src/index')

const GUEST = `Basic ${Buffer.from('guest:guest').toString('base64')}`

let broker: EmbeddedBroker
const endings: (() => void)[] = []

afterEach(async () => {
  for (const end of endings.splice(0)) end()
  await broker.close()
})

async function started(options: BrokerOptions): Promise<void> {
  const ports = { port: 0, tlsPort: 0, managementPort: 0, prometheusPort: 0 }
  broker = await createBroker({ ...ports, management: true, logLevel: 'silent', ...options })
}

function portOf(protocol: string): number {
  return broker.listeners.find(listener => listener.protocol === protocol)?.port ?? 0
}

/** Somebody who says nothing. */
async function silent(port: number): Promise<{ isClosed: boolean }> {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  return watched(socket)
}

function watched(socket: Socket): { isClosed: boolean } {
  const seen = { isClosed: false }
  socket.on('error', () => {}).resume()
  socket.once('close', () => {
    seen.isClosed = true
  })
  endings.push(() => socket.destroy())
  return seen
}

async function silentOnes(count: number, port: number): Promise<{ isClosed: boolean }[]> {
  const ones: { isClosed: boolean }[] = []
  for (let n = 0; n < count; n++) ones.push(await silent(port))
  return ones
}

const closedOf = (ones: readonly { isClosed: boolean }[]): boolean[] => ones.map(({ isClosed }) => isClosed)

/** Asks again and again on one connection. */
function asker(isSecure = false): () => Promise<{ status: number; socket: Socket }> {
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
    : new Agent({ keepAlive: true, maxSockets: 1 })
  endings.push(() => agent.destroy())
  return async () => {
    const url = `${broker.managementUrl}/api/whoami`
    const send = isSecure ? httpsRequest : httpRequest
    const asked = send(url, { agent, headers: { authorization: GUEST } }).end()
    const [reply] = (await once(asked, 'response')) as [IncomingMessage]
    const { socket } = reply
    await once(reply.resume(), 'end')
    return { status: reply.statusCode ?? 0, socket }
  }
}

describe('HTTP connections beyond httpConnectionsMax', () => {
  it('cost the oldest on which nobody has logged in its place', async () => {
    await started({ httpConnectionsMax: 3 })
    const ask = asker()
    const { socket } = await ask()
    const ones = await silentOnes(3, portOf('http'))
    await eventually(() => expect(closedOf(ones)).toEqual([true, false, false]))
    // Somebody else still gets in; and who has logged in is where he was.
    expect((await asker()()).status).toBe(200)
    await eventually(() => expect(closedOf(ones)).toEqual([true, true, false]))
    expect((await ask()).socket).toBe(socket)
  })

  it('are not taken where all others belong to users', async () => {
    await started({ httpConnectionsMax: 1 })
    const ask = asker()
    const { socket } = await ask()
    const one = await silent(portOf('http'))
    await eventually(() => expect(one.isClosed).toBe(true))
    expect((await ask()).socket).toBe(socket)
  })

  it('are the same over TLS, in its handshake and behind it', async () => {
    const tls = { tlsCert: certificatePath('server.pem'), tlsKey: certificatePath('server.key') }
    await started({ httpConnectionsMax: 2, managementTls: true, ...tls })
    const port = portOf('https')
    const ask = asker(true)
    const { socket } = await ask()
    const greeted = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(greeted, 'secureConnect')
    const ones = [watched(greeted), ...(await silentOnes(2, port))]
    await eventually(() => expect(closedOf(ones)).toEqual([true, true, false]))
    expect((await ask()).socket).toBe(socket)
  })

  it('are not those that became AMQP over WebSocket', async () => {
    await started({ httpConnectionsMax: 1 })
    const url = `${broker.managementUrl?.replace('http', 'ws')}/ws/amqp`
    const opened = async (): Promise<WebSocket> => {
      const socket = new WebSocket(url, 'amqp')
      endings.push(() => socket.terminate())
      await once(socket, 'open')
      return socket
    }
    const sockets = [await opened(), await opened()]
    const one = await silent(portOf('http'))
    expect((await fetch(`${broker.managementUrl}/api/whoami`)).status).toBe(401)
    await eventually(() => expect(one.isClosed).toBe(true))
    expect(sockets.map(({ readyState }) => readyState)).toEqual([WebSocket.OPEN, WebSocket.OPEN])
  })

  it('are bounded at the port of the metrics, too, which answers whoever asks', async () => {
    await started({ httpConnectionsMax: 2, management: false, prometheus: true })
    const port = portOf('http/prometheus')
    const ones = await silentOnes(3, port)
    await eventually(() => expect(closedOf(ones)).toEqual([true, false, false]))
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200)
  })
})

describe('an HTTP connection', () => {
  const request = `GET /api/whoami HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${GUEST}\r\n\r\n`

  /** What is answered to so many requests that come in one go, and whether more would be heard. */
  async function sentAtOnce(count: number): Promise<{ answers: number; isClosed: boolean }> {
    const socket = connect({ port: portOf('http'), host: '127.0.0.1' })
    const seen = watched(socket)
    let text = ''
    socket.on('data', chunk => {
      text += String(chunk)
    })
    socket.write(request.repeat(count))
    const answers = (): number => text.split('HTTP/1.1 200 ').length - 1
    await eventually(() => expect(answers() === count || seen.isClosed).toBe(true))
    return { answers: answers(), isClosed: seen.isClosed }
  }

  it('may send some hundred requests before it reads an answer', async () => {
    await started({})
    expect(await sentAtOnce(300)).toEqual({ answers: 300, isClosed: false })
  })

  it('may send any number one after the other', async () => {
    await started({})
    const ask = asker()
    const { socket } = await ask()
    for (let n = 0; n < 30; n++) expect((await ask()).socket).toBe(socket)
  })
})
