/** A recording made of a real client, played at brokers that answer as the first one did, and at some that do not. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import amqplib, { type ChannelModel, type ConfirmChannel } from 'amqplib'
import { SystemClock } from '../../src/clock'
import { resolveOptions } from '../../src/config/load'
import type { BrokerOptions } from '../../src/config/options'
import { createBroker, type EmbeddedBroker } from '../../src/embed/embedded-broker'
import { ExecBroker } from '../../src/exec/exec-broker'
import { readRecording } from '../../src/recording/read-recording'
import { Recorder } from '../../src/recording/recorder'
import { replay } from '../../src/recording/replay'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const newPath = pathsIn(temporaryFolder())
const running: { close(): Promise<void> }[] = []
const options: BrokerOptions = { port: 0, logLevel: 'silent' }

afterEach(() => Promise.all(running.splice(0).map(broker => broker.close())))

/** Returns the file. */
async function recordingOf(act: (channel: ConfirmChannel, connection: ChannelModel) => Promise<void>) {
  const path = newPath()
  const failed = (cause: Error): void => {
    throw cause
  }
  const recorder = new Recorder(path, { clock: new SystemClock(), onFailed: failed })
  const broker = await ExecBroker.open(resolveOptions(options), { observer: recorder })
  const connection = await amqplib.connect(broker.address.url)
  connection.on('error', () => {})
  const channel = await connection.createConfirmChannel()
  channel.on('error', () => {})
  await act(channel, connection)
  await connection.close().catch(() => {}) // the broker may have closed it
  await broker.close()
  recorder.close()
  return path
}

async function brokerFor(special: BrokerOptions = {}): Promise<EmbeddedBroker> {
  const broker = await createBroker({ ...options, ...special })
  running.push(broker)
  return broker
}

async function played(path: string, broker: EmbeddedBroker, password = 'guest') {
  const differences: string[] = []
  const outcome = await replay(readRecording(path), {
    server: { host: broker.host, port: broker.port, user: 'guest', password, vhost: undefined },
    clock: new SystemClock(),
    speed: undefined,
    onDifference: text => differences.push(text),
  })
  return { ...outcome, differences }
}

async function countIn(broker: EmbeddedBroker, queue: string): Promise<number> {
  const connection = await amqplib.connect(broker.url)
  const { messageCount } = await (await connection.createChannel()).checkQueue(queue)
  await connection.close()
  return messageCount
}

describe('a recording that is played', () => {
  it('declares and publishes what its clients did', async () => {
    const path = await recordingOf(async channel => {
      await channel.assertQueue('orders')
      for (let i = 0; i < 50; i++) channel.sendToQueue('orders', Buffer.alloc(i * 10_000))
      await channel.waitForConfirms()
    })
    const broker = await brokerFor()
    expect(await played(path, broker)).toMatchObject({ connections: 1, differences: [] })
    expect(await countIn(broker, 'orders')).toBe(50)
  })

  it('waits for deliveries before they are acknowledged, and knows new names of queues and consumers', async () => {
    const path = await recordingOf(async channel => {
      const { queue } = await channel.assertQueue('', { exclusive: true })
      await channel.bindQueue(queue, 'amq.topic', '#')
      const all = new Promise<string>(resolve => {
        let count = 0
        const consumed = channel.consume(queue, message => {
          if (message !== null) channel.ack(message)
          if (++count === 20) void consumed.then(({ consumerTag }) => resolve(consumerTag))
        })
      })
      await channel.assertQueue('kept')
      for (let i = 0; i < 20; i++) channel.publish('amq.topic', 'a', Buffer.from('x'))
      await channel.cancel(await all)
      channel.sendToQueue(queue, Buffer.from('last'))
      await channel.waitForConfirms()
      const last = await channel.get(queue)
      if (last !== false) channel.ack(last)
    })
    const broker = await brokerFor()
    expect((await played(path, broker)).differences).toEqual([])
  })

  it('is answered with the same closes', async () => {
    const path = await recordingOf(async (channel, connection) => {
      await expect(channel.checkQueue('not-there')).rejects.toThrow('404')
      const second = await connection.createChannel()
      second.on('error', () => {})
      const closed = new Promise(resolve => connection.once('close', resolve))
      // A method that only brokers send: the connection is closed for it.
      const { ch, connection: wire } = second as unknown as {
        ch: number
        connection: { sendMethod(channel: number, id: number, fields: object): void }
      }
      wire.sendMethod(ch, 3932181, { consumerTag: 'no reply of a client' })
      await closed
    })
    expect((await played(path, await brokerFor())).differences).toEqual([])
  })

  it('tells where another reply comes, and goes on with what can still be compared', async () => {
    const path = await recordingOf(async (channel, connection) => {
      await expect(channel.checkQueue('seeded')).rejects.toThrow('404')
      const again = await connection.createChannel()
      await again.assertQueue('later')
    })
    const broker = await brokerFor()
    const connection = await amqplib.connect(broker.url)
    await (await connection.createChannel()).assertQueue('seeded')
    await connection.close()
    expect((await played(path, broker)).differences).toEqual([
      `connection 1, channel 1: then channel.close (404 NOT_FOUND - no queue 'seeded' in vhost '/'), now queue.declare-ok`,
    ])
    expect(await countIn(broker, 'later')).toBe(0)
  })

  it('tells of a channel that is closed now', async () => {
    const path = await recordingOf(async channel => {
      await channel.assertQueue('q', { durable: true })
      channel.sendToQueue('q', Buffer.from('x'))
      await channel.waitForConfirms()
    })
    const broker = await brokerFor()
    const connection = await amqplib.connect(broker.url)
    await (await connection.createChannel()).assertQueue('q', { durable: false })
    await connection.close()
    expect((await played(path, broker)).differences).toEqual([
      expect.stringMatching(
        /^connection 1, channel 1: then queue\.declare-ok, now channel\.close \(406 PRECONDITION_FAILED - .*\)$/,
      ),
    ])
  })

  it('tells of returns that there were not', async () => {
    const path = await recordingOf(async channel => {
      await channel.assertQueue('q')
      await channel.bindQueue('q', 'amq.fanout', '')
      channel.publish('amq.fanout', '', Buffer.from('x'), { mandatory: true })
      await channel.waitForConfirms()
    })
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, lines.filter(line => !line.includes('"queue.bind')).join('\n'))
    expect((await played(path, await brokerFor())).differences).toEqual([
      'connection 1, channel 1: basic.return came more often than it was recorded',
    ])
  })

  it('tells of a broker that does not let it in', async () => {
    const path = await recordingOf(async channel => void (await channel.assertQueue('q')))
    const { frames, differences } = await played(path, await brokerFor(), 'wrong')
    expect(frames).toBe(0)
    expect(differences).toEqual([expect.stringMatching(/^connection 1 could not be opened: /)])
  })
})

describe('a file', () => {
  const read = async (text: string): Promise<number> => {
    const path = newPath()
    writeFileSync(path, text)
    let count = 0
    for await (const _ of readRecording(path)) count++
    return count
  }
  const head = '{"format":"leveret-recording","version":1}\n'
  const event = '{"at":0,"connection":1,"event":"ended"}\n'

  it('may be cut in its last line', async () => {
    const path = await recordingOf(async channel => void (await channel.assertQueue('q')))
    appendFileSync(path, '{"at":99,"connec')
    expect((await played(path, await brokerFor())).differences).toEqual([])
    expect(await read(`${head}${event}{"at"`)).toBe(1)
  })

  it.each([
    ['', /this is no recording$/],
    ['hello\n', /this is no recording$/],
    ['null\n', /this is no recording$/],
    ['{"format":"leveret-recording","version":2}\n', /version 2 of recordings is not known here$/],
    [`${head}{"at":0}\n${event}`, /line 2 is no event$/],
    [
      `${head}{"at":0,"connection":1,"event":"frame","from":"client","channel":70000,"frame":"body"}\n${event}`,
      /line 2/,
    ],
  ])('that holds %j is refused', async (text, why) => {
    await expect(read(text)).rejects.toThrow(why)
  })

  it('that is not there is refused', async () => {
    await expect(readRecording(newPath()).next()).rejects.toThrow(/ENOENT/)
  })
})
