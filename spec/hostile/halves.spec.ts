/** Large messages that are begun everywhere at once and finished nowhere: an alarm holds those who send them, too. */
import { encodeFrame, encodeHeader, encodeMethod } from '../../conformance/support/codec'
import { Wire } from '../../conformance/support/wire'
import { eventually } from '../support/eventually'
import { heldBytes } from '../support/held-bytes'
import { type ListeningBroker, listeningBroker } from '../support/listening-broker'

jest.setTimeout(30_000)

// No bystander here: it publishes, and would have to wait, too.
let server: ListeningBroker
let wires: Wire[]

beforeEach(async () => {
  server = await listeningBroker()
  wires = []
})

afterEach(async () => {
  await Promise.all(wires.map(wire => wire.destroy()))
  await server.close()
})

const CONNECTIONS = 50
const PIECE = encodeFrame(3, 1, Buffer.alloc(131_064))
const BODY_BYTES = 32 * 131_064
/** Of each connection, when nothing is read from it: what came with the last chunk, and one more. */
const HELD_EACH = 400_000

/** Fifty connections, each with the first piece of a message of 4 MiB sent. */
async function begun(): Promise<void> {
  for (let i = 0; i < CONNECTIONS; i++) wires.push(await (await Wire.connect(server.url)).open())
  for (const wire of wires) {
    await wire.channel()
    wire.sendBytes(
      Buffer.concat([
        encodeMethod(1, 'basic.publish', { routingKey: 'nowhere' }),
        encodeHeader(1, BODY_BYTES, {}),
        PIECE,
      ]),
    )
  }
  await Promise.all(wires.map(async wire => (await wire.channel(2)).call('basic.qos')))
}

function send(pieces: number): void {
  for (const wire of wires) for (let sent = 0; sent < pieces; sent++) wire.sendBytes(PIECE)
}

/** What the broker holds, and what has not left our own side. */
async function held(): Promise<number> {
  return (await heldBytes()) - wires.reduce((sum, { socket }) => sum + socket.writableLength, 0)
}

describe('messages that are begun before an alarm', () => {
  it('do not grow while it is raised, and are finished when it is cleared', async () => {
    await begun()
    const before = await held()
    const alarm = server.broker.alarms.raise('low on memory')
    send(15)
    const states = () => [...server.connections].map(({ status }) => status.state)
    await eventually(() => expect(states()).toEqual(Array(CONNECTIONS).fill('blocked')))
    expect((await held()) - before).toBeLessThan(CONNECTIONS * HELD_EACH)
    alarm.clear()
    send(16)
    const { messageSizes } = server.broker.counters
    await eventually(() => expect(messageSizes.sum).toBe(CONNECTIONS * BODY_BYTES), { timeoutMs: 20_000 })
  })
})
