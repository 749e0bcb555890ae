/** How a broker ends: asked once, it says goodbye and puts everything away; asked twice, it is gone at once. */
import { connect } from 'node:net'
import { Wire } from '../../conformance/support/wire'
import type { WireChannel } from '../../conformance/support/wire-channel'
import { killAll, Leveret, leveret } from '../cli/leveret'
import { eventually } from '../support/eventually'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'
import { numbered, publishAll } from './restarts'

jest.setTimeout(60_000)

const newFolder = pathsIn(temporaryFolder())
const wires: Wire[] = []

let dataDir: string
let broker: Leveret

beforeEach(() => {
  dataDir = newFolder()
  serve()
})

afterEach(async () => {
  await Promise.all(wires.splice(0).map(wire => wire.destroy()))
  killAll()
})

function serve(): void {
  broker = new Leveret(['serve', '--port', '0', '--data-dir', dataDir, '--log-level', 'error'])
}

async function url(): Promise<string> {
  return await broker.says(/amqp:\/\/\S+/)
}

async function opened(): Promise<Wire> {
  const wire = await Wire.connect(await url())
  wires.push(wire)
  return await wire.open()
}

/** A confirm channel with a durable queue q. */
async function publisher(wire: Wire): Promise<WireChannel> {
  const channel = await wire.channel()
  await channel.call('confirm.select')
  await channel.call('queue.declare', { queue: 'q', durable: true })
  return channel
}

/** What a new broker on the same folder has in q. */
async function leftAfterRestart(): Promise<string[]> {
  serve()
  const channel = await (await opened()).channel()
  return await channel.drain('q')
}

describe.each(['SIGTERM', 'SIGINT'] as const)('a broker that gets %s', signal => {
  it('tells its clients with 320, exits with 0 and has everything', async () => {
    const wire = await opened()
    await publishAll(await publisher(wire), 'q', numbered(1000))
    const other = await opened()
    broker.signal(signal)
    for (const each of [wire, other]) await each.expectClose(320, /^CONNECTION_FORCED - /, 'none')
    expect(await broker.exitCode).toBe(0)
    expect(await leftAfterRestart()).toEqual(numbered(1000))
  })

  it('waits for a client that does not answer, but not for long, and lets nobody in meanwhile', async () => {
    const wire = await opened()
    await publishAll(await publisher(wire), 'q', numbered(10))
    broker.signal(signal)
    await wire.expect('connection.close')
    expect(await knock(Number(new URL(await url()).port))).toBe('ECONNREFUSED')
    expect(await broker.exitCode).toBe(0)
    expect(await leftAfterRestart()).toEqual(numbered(10))
  })

  it('exits at once when it gets it again, and has everything that it confirmed', async () => {
    const wire = await opened()
    await publishAll(await publisher(wire), 'q', numbered(1000))
    broker.signal(signal)
    await wire.expect('connection.close') // and never answers
    const asked = performance.now()
    broker.signal(signal)
    expect(await broker.exitCode).toBe(signal === 'SIGINT' ? 130 : 143)
    expect(performance.now() - asked).toBeLessThan(900)
    expect(await leftAfterRestart()).toEqual(numbered(1000))
  })
})

describe('a broker that is ended twice in the middle of its work', () => {
  it('has in order all that it confirmed, perhaps more, and a sound database', async () => {
    const wire = await opened()
    const channel = await publisher(wire)
    let published = 0
    let confirmed = 0
    const working = (async () => {
      for (;;) {
        for (let more = 0; more < 500; more++) {
          channel.publish({ routingKey: 'q' }, `${published++}`.padEnd(500, '.'), { deliveryMode: 2 })
        }
        while (confirmed < published - 1000) {
          const { deliveryTag } = await channel.expect('basic.ack')
          confirmed = Math.max(confirmed, Number(deliveryTag))
        }
      }
    })().catch(() => {}) // the end of the connection
    await eventually(() => expect(confirmed).toBeGreaterThan(5000))
    broker.signal('SIGTERM')
    broker.signal('SIGTERM')
    await broker.exitCode
    await working

    const { code, output } = await leveret(['inspect', dataDir, '--json'])
    expect(code).toBe(0)
    const { messages } = (JSON.parse(output) as { queues: { messages: number }[] }).queues[0]!
    expect(messages).toBeGreaterThanOrEqual(confirmed)
    expect(messages).toBeLessThanOrEqual(published)
    const left = await leftAfterRestart()
    expect(left.map(body => Number.parseInt(body, 10))).toEqual(numbered(messages).map(Number))
  })
})

/** What comes of trying to connect: `connected`, or the code of the error. */
function knock(port: number): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve('connected')
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}
