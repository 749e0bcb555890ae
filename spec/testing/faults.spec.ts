/** What a test broker can do to clients, and what these make of it. */
import { connect as connectSocket } from 'node:net'
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { TestBroker } from '../../src/testing'

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
function closing(emitter: ChannelModel | Channel): Promise<string | undefined> {
  return new Promise(resolve => {
    let message: string | undefined
    emitter.on('error', (error: Error) => {
      message = error.message
    })
    emitter.on('close', (error?: Error) => resolve(message ?? error?.message))
  })
}

/** Each publish's answer. */
function publish(channel: ConfirmChannel, ...texts: string[]): Promise<string[]> {
  const answers = texts.map(
    text =>
      new Promise<string>(resolve => {
        channel.sendToQueue('orders', Buffer.from(text), {}, error =>
          resolve(error === null ? `${text} ack` : `${text} nack`),
        )
      }),
  )
  return Promise.all(answers)
}

describe('connections', () => {
  it('are closed with a code and a text', async () => {
    const closed = closing(client)
    expect(broker.faults.closeConnections({ code: 541, text: 'broken' })).toBe(1)
    expect(await closed).toContain('541 (INTERNAL-ERROR) with message "INTERNAL_ERROR - broken"')
  })

  it('are dropped without a word', async () => {
    const closed = closing(client)
    expect(broker.faults.dropConnections()).toBe(1)
    expect(await closed).toBe('Unexpected close')
  })

  it('are struck only where the test means them, and as often as it says', async () => {
    const others = [await clientCalled('one'), await clientCalled('two')]
    const when = ({ clientName }: { clientName: string | undefined }) => clientName !== 'shop'
    expect(broker.faults.dropConnections({ when, times: 1 })).toBe(1)
    expect(broker.faults.dropConnections({ when })).toBe(1)
    expect(broker.faults.dropConnections({ when: ({ clientName }) => clientName === 'nobody' })).toBe(0)
    await client.createChannel()
    expect(others).toHaveLength(2)
    expect(broker.leaks().connections.map(({ clientName }) => clientName)).toEqual(['shop'])
  })

  it('are refused until enough of them were', async () => {
    const fault = broker.faults.refuseConnections({ times: 2 })
    await expect(connect(broker.url)).rejects.toThrow()
    await expect(connect(broker.url)).rejects.toThrow()
    expect(fault.struck).toBe(2)
    await (await connect(broker.url)).close()
  })

  it('are refused until that is ended', async () => {
    const fault = broker.faults.refuseConnections()
    await expect(connect(broker.url)).rejects.toThrow()
    fault.end()
    await (await connect(broker.url)).close()
  })
})

describe('a channel', () => {
  it.each([
    [404, 'NOT_FOUND - gone'],
    [406, 'PRECONDITION_FAILED - gone'],
  ] as const)('is closed with %i, and what it had goes back', async (code, text) => {
    const channel = await client.createChannel()
    await channel.assertQueue('orders')
    channel.sendToQueue('orders', Buffer.from('one'))
    await channel.get('orders')
    const closed = closing(channel)
    expect(broker.faults.closeChannels({ code, text: 'gone' })).toBe(1)
    expect(await closed).toContain(text)
    expect(broker.queue('orders')).toMatchObject({ count: 1, unacked: 0 })
    await client.createChannel()
  })

  it('is one of those the test means', async () => {
    await client.createChannel()
    const second = await client.createChannel()
    const closed = closing(second)
    expect(broker.faults.closeChannels({ when: ({ number }) => number === 2 })).toBe(1)
    await closed
  })
})

describe('publishers', () => {
  let channel: ConfirmChannel

  beforeEach(async () => {
    channel = await client.createConfirmChannel()
    await channel.assertQueue('orders')
  })

  it('are blocked, and told so, until that is ended', async () => {
    const told = new Promise(resolve => client.on('blocked', resolve))
    const untold = new Promise<void>(resolve => void client.on('unblocked', resolve))
    const fault = broker.faults.blockPublishers('no room')
    const answered = publish(channel, 'one', 'two')
    expect(await told).toBe('no room')
    fault.end()
    await untold
    expect(await answered).toEqual(['one ack', 'two ack'])
  })

  it('are told that publishes failed, as many as the test says', async () => {
    const fault = broker.faults.nackConfirms({ times: 2 })
    expect(await publish(channel, 'one', 'two', 'three')).toEqual(['one nack', 'two nack', 'three ack'])
    expect(fault.struck).toBe(2)
    expect(await publish(channel, 'four')).toEqual(['four ack'])
  })

  it('are told that these publishes failed', async () => {
    await publish(channel, 'one')
    using fault = broker.faults.nackConfirms({ when: ({ sequence }) => sequence % 2 === 0 })
    expect(await publish(channel, 'two', 'three', 'four')).toEqual(['two nack', 'three ack', 'four nack'])
    expect(fault.struck).toBe(2)
  })

  it('hear as usual on a channel that has the number of one before', async () => {
    await publish(channel, 'one', 'two', 'three')
    await channel.close()
    const next = await client.createConfirmChannel()
    broker.faults.nackConfirms({ when: ({ sequence }) => sequence === 2 })
    expect(await publish(next, 'a', 'b')).toEqual(['a ack', 'b nack'])
  })

  it('are answered late, in the time of the broker', async () => {
    broker.faults.delayConfirms('1h', { times: 1 })
    const answers: string[] = []
    const first = publish(channel, 'one').then(heard => answers.push(...heard))
    await publish(channel, 'two').then(heard => answers.push(...heard))
    await broker.clock.advance('59m')
    expect(answers).toEqual(['two ack'])
    await broker.clock.advance('1m')
    await first
    expect(answers).toEqual(['two ack', 'one ack'])
  })
})

describe('consumers', () => {
  it('are cancelled', async () => {
    const channel = await client.createChannel()
    await channel.assertQueue('orders')
    await channel.assertQueue('bills')
    const cancelled = new Promise<string>(resolve => {
      void channel.consume('orders', message => message === null && resolve('orders'))
    })
    await channel.consume('bills', () => {})
    expect(broker.faults.cancelConsumers({ when: ({ queue }) => queue === 'orders' })).toBe(1)
    expect(await cancelled).toBe('orders')
    expect(broker.queue('orders').consumers).toEqual([])
    expect(broker.queue('bills').consumers).toHaveLength(1)
  })
})

describe('a connection that stands still', () => {
  it('is not read, and loses nothing', async () => {
    const channel = await client.createConfirmChannel()
    await channel.assertQueue('orders')
    const fault = broker.faults.stallReads()
    const answered = publish(channel, 'one')
    await broker.clock.advance('1s')
    expect(broker.published()).toEqual([])
    fault.end()
    expect(await answered).toEqual(['one ack'])
  })

  it('is not written to, and loses nothing', async () => {
    const channel = await client.createConfirmChannel()
    await channel.assertQueue('orders')
    const fault = broker.faults.stallWrites()
    const heard = jest.fn()
    const answered = publish(channel, 'one').then(heard)
    await broker.waitForMessage({ text: 'one' })
    await broker.clock.advance('1s')
    expect(heard).not.toHaveBeenCalled()
    fault.end()
    await answered
    expect(heard).toHaveBeenCalledWith(['one ack'])
  })

  it('goes on when two faults have held it and both are over', async () => {
    const channel = await client.createConfirmChannel()
    await channel.assertQueue('orders')
    const faults = [broker.faults.stallReads(), broker.faults.stallReads(), broker.faults.stallWrites()]
    const answered = publish(channel, 'one')
    for (const fault of faults) fault.end()
    for (const fault of faults) fault.end() // again: nothing happens
    expect(await answered).toEqual(['one ack'])
  })
})

describe('faults', () => {
  it('are over with a reset', async () => {
    broker.faults.refuseConnections()
    broker.faults.nackConfirms()
    broker.faults.blockPublishers()
    broker.faults.stallReads()
    await broker.reset()
    const other = await clientCalled('other')
    const channel = await other.createConfirmChannel()
    await channel.assertQueue('orders')
    expect(await publish(channel, 'one')).toEqual(['one ack'])
    await client.createChannel()
  })

  it('keep no broker from being stopped', async () => {
    broker.faults.stallReads()
    broker.faults.stallWrites()
    broker.faults.refuseConnections()
    const closed = closing(client)
    await broker.stop()
    await closed
    const socket = connectSocket(broker.port, broker.host)
    await expect(new Promise((_, reject) => socket.on('error', reject))).rejects.toThrow('ECONNREFUSED')
  })
})
