/** Connections that are cut behind a certain frame, stand still from the beginning, or are not taken. */
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { TestBroker } from '../../src/testing'
import { FrameWalk } from '../../src/testing/faults/frame-walk'

/** What a client makes of it when nobody says a word, with or without something of its own on the way. */
const CUT = /Unexpected close|ECONNRESET/

let broker: TestBroker
let client: ChannelModel

beforeEach(async () => {
  broker = await TestBroker.start()
  client = await clientCalled('shop')
})

afterEach(() => broker.stop())

async function clientCalled(name: string): Promise<ChannelModel> {
  const made = await connect(broker.url, { clientProperties: { connection_name: name } })
  made.on('error', () => {})
  return made
}

/** What it was closed with; undefined: nothing was said. */
function closing(emitter: ChannelModel): Promise<string | undefined> {
  return new Promise(resolve => {
    emitter.on('close', (error?: Error) => resolve(error?.message))
  })
}

async function channelWithQueue(): Promise<Channel> {
  const channel = await client.createChannel()
  channel.on('error', () => {})
  await channel.assertQueue('orders')
  return channel
}

/** Method, header and body: three frames each, all of them in one piece. */
function publish(channel: Channel, ...texts: string[]): void {
  for (const text of texts) channel.sendToQueue('orders', Buffer.from(text))
}

function published(): string[] {
  return broker.published().map(({ text }) => text)
}

describe('a connection that is dropped behind a frame', () => {
  it.each([
    [1, []],
    [3, ['one']],
    [5, ['one']],
    [6, ['one', 'two']],
  ])('has obeyed exactly what came before: %d received', async (received, obeyed) => {
    const channel = await channelWithQueue()
    const closed = closing(client)
    const fault = broker.faults.dropAfter({ received })
    publish(channel, 'one', 'two', 'three')
    expect(await closed).toMatch(CUT)
    expect(published()).toEqual(obeyed)
    expect(fault.struck).toBe(1)
  })

  it('does not say what the last frame did', async () => {
    const channel = await channelWithQueue()
    broker.faults.dropAfter({ received: 1 })
    await expect(channel.assertQueue('bills')).rejects.toThrow('Channel ended')
    expect(broker.queue('bills').exists).toBe(true)
  })

  it('has got exactly what was sent before', async () => {
    const channel = await channelWithQueue()
    publish(channel, 'one', 'two', 'three')
    await channel.checkQueue('orders')
    const closed = closing(client)
    broker.faults.dropAfter({ sent: 1 + 2 * 3 }) // consume-ok, and two deliveries
    const got: string[] = []
    await channel.consume('orders', message => {
      got.push(`${message?.content}`)
    })
    expect(await closed).toMatch(CUT)
    expect(got).toEqual(['one', 'two'])
  })

  it('is one that came later, too: frames are counted from its beginning', async () => {
    // start-ok, tune-ok, open; then channel.open, which nobody answers
    const fault = broker.faults.dropAfter({ received: 4 }, { times: 1, when: ({ number }) => number === 2 })
    const later = await clientCalled('later')
    await expect(later.createChannel()).rejects.toThrow('Channel ended')
    expect(fault.struck).toBe(1)
    await (await clientCalled('after that')).createChannel()
    await client.createChannel()
  })

  it('is the one that is meant', async () => {
    const other = await clientCalled('other')
    broker.faults.dropAfter(
      { received: 1 },
      { when: ({ clientName, vhost }) => `${clientName} ${vhost}` === 'other /' },
    )
    await client.createChannel()
    await expect(other.createChannel()).rejects.toThrow('Channel ended')
  })

  it('is not to blame for what it had not acknowledged, which strict mode would mind', async () => {
    await using strict = await TestBroker.start({ strict: true })
    const other = await connect(strict.url)
    other.on('error', () => {})
    const channel = await other.createChannel()
    const { queue } = await channel.assertQueue('', { exclusive: true })
    await channel.prefetch(1)
    const delivered = new Promise(resolve => void channel.consume(queue, resolve))
    channel.sendToQueue(queue, Buffer.from('one'))
    await delivered
    const closed = new Promise(resolve => other.on('close', resolve))
    strict.faults.dropAfter({ received: 3 })
    channel.sendToQueue(queue, Buffer.from('two'))
    await closed
    await strict.expectStrict()
  })

  it('is not dropped for heartbeats', async () => {
    const fault = broker.faults.dropAfter({ sent: 2 })
    for (let beat = 0; beat < 3; beat++) await broker.clock.advance('1s') // sends some
    await client.createChannel()
    expect(fault.struck).toBe(0)
    await expect(client.createChannel().then(() => client.createChannel())).rejects.toThrow()
  })

  it('is not dropped when the fault was ended before', async () => {
    const fault = broker.faults.dropAfter({ received: 2 })
    const channel = await client.createChannel()
    fault.end()
    await channel.assertQueue('orders')
    expect(fault.struck).toBe(0)
  })
})

describe('a connection that is closed behind a frame', () => {
  it('is told why, and has been answered before', async () => {
    const channel = await channelWithQueue()
    const closed = closing(client)
    broker.faults.closeAfter({ received: 4 }, { code: 541, text: 'broken' })
    publish(channel, 'one')
    const answered = await channel.checkQueue('orders')
    publish(channel, 'two')
    expect(answered.messageCount).toBe(1)
    expect(await closed).toContain('541 (INTERNAL-ERROR) with message "INTERNAL_ERROR - broken"')
    expect(published()).toEqual(['one'])
  })

  it('gets nothing between the frames before and the goodbye', async () => {
    const channel = await channelWithQueue()
    publish(channel, 'one', 'two', 'three')
    await channel.checkQueue('orders')
    const closed = closing(client)
    broker.faults.closeAfter({ sent: 4 })
    const got: string[] = []
    await channel.consume('orders', message => {
      got.push(`${message?.content}`)
    })
    expect(await closed).toContain('320 (CONNECTION-FORCED)')
    expect(got).toEqual(['one'])
  })
})

describe('a fault behind frames', () => {
  it.each([{}, { received: 0 }, { sent: 1.5 }, { received: 1, sent: 1 }])(
    'says at once which it is: %j',
    frames => {
      expect(() => broker.faults.dropAfter(frames)).toThrow(RangeError)
    },
  )
})

describe('a connection to come', () => {
  it('is refused by its number', async () => {
    const fault = broker.faults.refuseConnections({ when: ({ number }) => number % 2 === 1 })
    await expect(clientCalled('one')).rejects.toThrow()
    await clientCalled('two')
    await expect(clientCalled('three')).rejects.toThrow()
    expect(fault.struck).toBe(2)
  })

  it('stands still from its beginning, and goes on when that is ended', async () => {
    using fault = broker.faults.stallReads({ newOnes: true, when: ({ number }) => number > 1 })
    const other = clientCalled('other')
    const heard = jest.fn()
    void other.then(heard)
    await client.createChannel()
    await broker.clock.advance('1s')
    expect(heard).not.toHaveBeenCalled()
    fault.end()
    await (await other).createChannel()
    await clientCalled('after that')
  })

  it('hears nothing from its beginning', async () => {
    using fault = broker.faults.stallWrites({
      newOnes: true,
      times: 1,
      when: ({ user }) => user === undefined,
    })
    const other = clientCalled('other')
    const heard = jest.fn()
    void other.then(heard)
    await clientCalled('third')
    await broker.clock.advance('1s')
    expect(heard).not.toHaveBeenCalled()
    fault.end()
    await (await other).createChannel()
  })
})

describe('the walk along frames', () => {
  const frame = (type: number, payload: number[]) =>
    Buffer.from([type, 0, 1, 0, 0, 0, payload.length, ...payload, 0xce])
  const frames = [frame(1, [0, 60, 0, 40, 9]), frame(8, []), frame(3, [1]), frame(1, [0, 10, 0, 51])]
  const stream = Buffer.concat([Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'), ...frames])
  const ends = [8 + 13, 8 + 13 + 8, 8 + 13 + 8 + 9, stream.length]

  it('finds the end of each, in pieces of any size', () => {
    for (let size = 1; size <= stream.length; size++) {
      const walk = new FrameWalk()
      const found: number[] = []
      const methods: number[] = []
      for (let start = 0; start < stream.length; start += size) {
        const chunk = stream.subarray(start, start + size)
        for (let end = walk.next(chunk, 0); end !== -1; end = walk.next(chunk, end)) {
          found.push(start + end)
          methods.push(walk.method)
        }
      }
      expect(found).toEqual(ends)
      expect(methods).toEqual([(60 << 16) | 40, 0, 0, (10 << 16) | 51])
    }
  })
})
