/** Peers that take their time. The clock is ours: not one of these waits. */
import { encodeFrame } from '../../conformance/support/codec'
import { connectOn } from '../support/amqplib-on-stream'
import { Bystander } from '../support/bystander'
import { type InProcessBroker, inProcessBroker } from '../support/in-process'
import { type BareClient, handshake, type InProcessClient } from '../support/in-process-clients'
import { type Standing, standingOf } from './standing'

const SECOND = 1000

let broker: InProcessBroker
let bystander: Bystander
let before: Standing

beforeEach(async () => {
  broker = inProcessBroker({ handshakeTimeout: 10 * SECOND })
  bystander = await broker.during(connectOn(broker.stream()).then(connection => Bystander.on(connection)))
  before = standingOf(broker)
})

afterEach(async () => {
  expect(broker.log.at('error')).toEqual([])
  expect(standingOf(broker)).toEqual(before)
  await broker.during(bystander.unharmed())
})

function pass(ms: number): void {
  broker.clock.advance(ms)
  broker.settle()
}

/** The connection is closed when this much time has passed, and not a millisecond earlier. */
function expectDroppedAfter(client: BareClient, ms: number): void {
  pass(ms - 1)
  expect(client.isClosed).toBe(false)
  pass(1)
  expect(client.isClosed).toBe(true)
}

describe('a peer that does not open its connection', () => {
  const whole = handshake()

  it('is dropped at the handshake timeout when it says nothing', () => {
    expectDroppedAfter(broker.connectBare(), 10 * SECOND)
  })

  it('is dropped at the handshake timeout wherever it stops', () => {
    for (let length = 1; length < whole.length; length++) {
      const client = broker.connectBare()
      client.say(whole.subarray(0, length))
      expectDroppedAfter(client, 10 * SECOND)
    }
  })

  it('is dropped at the handshake timeout though it sends a byte every second', () => {
    const client = broker.connectBare()
    for (let second = 0; second < 9; second++) {
      client.say(whole.subarray(second, second + 1))
      pass(SECOND)
      expect(client.isClosed).toBe(false)
    }
    client.say(whole.subarray(9, 10))
    expectDroppedAfter(client, SECOND)
  })

  it('is dropped at the handshake timeout though it sends heartbeats', () => {
    const client = broker.connectBare()
    client.say(whole.subarray(0, 8))
    for (let second = 0; second < 9; second++) {
      client.say(encodeFrame(8, 0, Buffer.alloc(0)))
      pass(SECOND)
    }
    expectDroppedAfter(client, SECOND)
  })

  it('is let in a moment before the timeout, and stays', () => {
    const client = broker.connectBare()
    client.say(whole.subarray(0, whole.length - 1))
    pass(10 * SECOND - 1)
    client.say(whole.subarray(whole.length - 1))
    pass(24 * 3600 * SECOND)
    expect(client.isClosed).toBe(false)
    client.reset()
  })

  it('is dropped three seconds after a refused login, whatever it sends meanwhile', () => {
    const client = broker.connectBare()
    client.say(
      Buffer.from(handshake().toString('latin1').replace('\0guest\0guest', '\0guest\0wrong'), 'latin1'),
    )
    const { bytesReceived } = client
    client.say(Buffer.alloc(100_000))
    expectDroppedAfter(client, 3 * SECOND)
    expect(client.bytesReceived).toBe(bytesReceived)
  })
})

describe('a peer that agreed on heartbeats', () => {
  const interval = 10 * SECOND
  let client: InProcessClient

  beforeEach(() => {
    client = broker.connect().open(interval / SECOND)
  })

  it('and falls silent is dropped after two to three intervals', () => {
    pass(2 * interval - 1)
    expect(client.isClosed).toBe(false)
    pass(interval + 1)
    expect(client.isClosed).toBe(true)
    expect(client.unread).toEqual([])
  })

  it('and goes on sending them is kept, and hears ours', () => {
    for (let beat = 0; beat < 100; beat++) {
      client.say(encodeFrame(8, 0, Buffer.alloc(0)))
      pass(interval)
    }
    expect(client.isClosed).toBe(false)
    expect(client.heartbeats).toBeGreaterThanOrEqual(100)
    client.reset()
  })

  it('and sends a large frame very slowly is kept: every byte is a sign of life', () => {
    const frame = encodeFrame(8, 0, Buffer.alloc(0))
    for (const byte of frame) {
      client.say(Buffer.of(byte))
      pass(interval)
    }
    expect(client.isClosed).toBe(false)
    client.reset()
  })

  it('and vanishes without a word takes its consumers and exclusive queues along', () => {
    client.openChannel()
    client.send('queue.declare', { queue: 'mine', exclusive: true }, 1)
    client.send('basic.consume', { queue: 'mine' }, 1)
    expect(broker.vhost.queues.get('mine')?.consumers.count).toBe(1)
    pass(3 * interval)
    expect(broker.vhost.queues.get('mine')).toBeUndefined()
  })
})

describe('a peer that was told to close', () => {
  it('and does not answer is dropped after 30 seconds', () => {
    const client = broker.connect().open()
    client.send('queue.declare', { queue: 'on no channel' }, 1)
    client.take('connection.close')
    expectDroppedAfter(client, 30 * SECOND)
  })

  it('and goes on as if it had not heard is ignored, and dropped after 30 seconds', () => {
    const client = broker.connect().open().openChannel()
    client.send('queue.declare', { queue: 'on no channel' }, 2)
    client.take('connection.close')
    client.send('queue.declare', { queue: 'too late' }, 1)
    client.say(handshake().subarray(8))
    expect(client.unread).toEqual([])
    expect(broker.vhost.queues.has('too late')).toBe(false)
    expectDroppedAfter(client, 30 * SECOND)
  })

  it('because its frames cannot be read is dropped after 3 seconds', () => {
    const client = broker.connect().open()
    client.say(encodeFrame(8, 0, Buffer.alloc(0), 0))
    client.take('connection.close')
    client.say(Buffer.alloc(1_000_000))
    expectDroppedAfter(client, 3 * SECOND)
  })

  it('and answers, but keeps its socket, is dropped after 3 seconds', () => {
    const client = broker.connect().open()
    client.onEnd = () => {}
    client.send('queue.declare', { queue: 'on no channel' }, 1)
    client.send('connection.close-ok')
    expectDroppedAfter(client, 3 * SECOND)
  })
})

describe('a peer that closes', () => {
  it('and keeps its socket is dropped after 3 seconds', () => {
    const client = broker.connect().open()
    client.onEnd = () => {}
    client.send('connection.close')
    client.take('connection.close-ok')
    expectDroppedAfter(client, 3 * SECOND)
  })

  it('half of its socket is answered, and closed', () => {
    const client = broker.connect().open().openChannel()
    client.transport.end()
    broker.settle()
    expect(client.isClosed).toBe(true)
  })

  it('half of its socket and never reads what it is owed is dropped after 3 seconds', () => {
    const client = broker.connect().open().openChannel()
    client.transport.pause()
    client.send('queue.declare', { queue: 'mine', exclusive: true }, 1)
    client.transport.end()
    broker.settle()
    expect(broker.vhost.queues.has('mine')).toBe(false)
    expectDroppedAfter(client, 3 * SECOND)
  })
})

describe('a broker that shuts down', () => {
  it('waits a second for peers that do not answer, and not at all for those that are not in', async () => {
    const silent = broker.connect().open()
    const halfway = broker.connectBare()
    halfway.say(handshake().subarray(0, 8))
    const closed = broker.connections.close(broker.clock)
    broker.settle()
    silent.take('connection.close')
    expect(halfway.isClosed).toBe(true)
    expectDroppedAfter(silent, SECOND)
    await broker.during(closed)
    expect(broker.clock.pending).toBe(0)
    // The bystander went like everybody; the one who looks after this example is a new one.
    bystander = await broker.during(connectOn(broker.stream()).then(connection => Bystander.on(connection)))
    before = standingOf(broker)
  })
})
