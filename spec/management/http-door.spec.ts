/** `localhost` is more than one address on most machines: each is a way in, with one bound on the connections of all. */
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import fastify from 'fastify'
import { HttpDoor } from '../../src/management/http-door'
import { eventually } from '../support/eventually'
import { RecordingLogger } from '../support/recording-logger'

jest.mock('node:dns/promises', () => ({ lookup: jest.fn() }))

/** Of these, what the machine has: Linux has all, others the first. */
const addresses: string[] = []
const sockets: Socket[] = []

beforeAll(async () => {
  for (const host of ['127.0.0.1', '127.0.0.2', '127.0.0.3']) {
    const server = createServer().listen(0, host)
    const isThere = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    server.close()
    if (isThere) addresses.push(host)
  }
})

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

async function opened(connectionsMax: number, held: (() => void)[] = []) {
  const found = addresses.map(address => ({ address, family: 4 }))
  jest.mocked(lookup).mockResolvedValue(found as never)
  const logger = new RecordingLogger()
  const door = new HttpDoor({ connectionsMax, requestTimeout: 60_000, logger })
  const app = fastify({ serverFactory: door.serverFactory, forceCloseConnections: true })
  app.get('/', () => 'here')
  app.get('/held', () => new Promise<string>(resolve => held.push(() => resolve('held'))))
  const port = await door.listen(app, { host: 'localhost', port: 0 })
  return { door, app, port, logger }
}

async function silent(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port }).on('error', () => {})
  sockets.push(socket)
  await once(socket, 'connect')
  return socket.resume()
}

describe('requests of a connection that come at once', () => {
  const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`

  it('are looked after eight at a time, and answered in their order', async () => {
    const held: (() => void)[] = []
    const { door, app, port } = await opened(0, held)
    const socket = await silent(addresses[0]!, port)
    let text = ''
    socket.on('data', chunk => {
      text += chunk
    })
    socket.write(request('/held').repeat(20) + request('/'))
    await eventually(() => expect(held.length).toBe(8))
    held[1]!() // behind the first, which is not answered
    held[0]!()
    await eventually(() => expect(held.length).toBe(10))
    const release = () => {
      for (const end of held) end()
      expect(text.match(/held|here/g)).toEqual([...new Array(20).fill('held'), 'here'])
    }
    await eventually(release)
    await door.close(app)
  })

  it('cost the connection where a thousand wait, and no other one', async () => {
    const held: (() => void)[] = []
    const { door, app, port } = await opened(0, held)
    const [flood, other] = [await silent(addresses[0]!, port), await silent(addresses[0]!, port)]
    flood.write(request('/held').repeat(1008))
    await eventually(() => expect(held.length).toBe(8))
    expect(await (await fetch(`http://${addresses[0]}:${port}/`)).text()).toBe('here')
    flood.write(request('/held'))
    await eventually(() => expect(flood.closed).toBe(true))
    other.write(request('/held').repeat(20)) // there is room in line again
    await eventually(() => expect(held.length).toBe(16))
    expect(other.closed).toBe(false)
    for (const end of held) end()
    await eventually(() => expect(held.length).toBe(24))
    await door.close(app)
  })
})

describe('an HTTP server on localhost', () => {
  it('answers at each of its addresses, and at none when it is closed', async () => {
    const { door, app, port } = await opened(0)
    const texts = await Promise.all(
      addresses.map(async host => (await fetch(`http://${host}:${port}/`)).text()),
    )
    expect(texts).toEqual(addresses.map(() => 'here'))
    await silent(addresses.at(-1)!, port)
    await door.close(app)
    for (const host of addresses) await expect(fetch(`http://${host}:${port}/`)).rejects.toThrow()
  })

  it('has one bound for all of them, and says in the log that it was met', async () => {
    const { door, app, port, logger } = await opened(2)
    const ones: Socket[] = []
    for (let n = 0; n < 3; n++) ones.push(await silent(addresses[n % addresses.length]!, port))
    await eventually(() => expect(ones.map(({ closed }) => closed)).toEqual([true, false, false]))
    expect(door.connections.count).toBe(2)
    expect(logger.at('warn').join()).toContain('too many HTTP connections')
    await door.close(app)
  })

  it('hands over what its peers make of HTTP, and counts it no more', async () => {
    const { door, app, port } = await opened(0)
    const upgraded: string[] = []
    door.onUpgrade((request, socket) => {
      upgraded.push(String(request.url))
      sockets.push(socket as Socket)
    })
    for (let n = 0; n < 3; n++) {
      const socket = await silent(addresses[n % addresses.length]!, port)
      socket.write(`GET /${n} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: more\r\n\r\n`)
    }
    await eventually(() => expect(upgraded.sort()).toEqual(['/0', '/1', '/2']))
    expect(door.connections.count).toBe(0)
    for (const socket of sockets) socket.destroy()
    await door.close(app)
  })
})
