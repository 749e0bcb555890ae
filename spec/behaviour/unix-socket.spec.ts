/** AMQP over a socket of the file system. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectAmqp } from 'amqplib'
import { createBroker, type EmbeddedBroker } from '../../src/embed/embedded-broker'
import { connectOn } from '../support/amqplib-on-stream'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const folder = temporaryFolder()
const nextPath = pathsIn(folder)

const brokers: EmbeddedBroker[] = []
afterEach(() => Promise.all(brokers.splice(0).map(broker => broker.close())))

async function start(socket: string): Promise<EmbeddedBroker> {
  const broker = await createBroker({ port: 0, socket, logLevel: 'silent', eventExchange: true })
  brokers.push(broker)
  return broker
}

/** Leaves a socket behind which nobody is. */
function dieListeningAt(path: string): void {
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', program])
  expect(statSync(path).isSocket()).toBe(true)
}

describe('a broker with a unix socket', () => {
  it('takes guest over it, and calls such connections by numbers', async () => {
    const path = nextPath()
    const broker = await start(path)
    expect(broker.listeners).toEqual([
      { protocol: 'amqp', host: '127.0.0.1', port: broker.port },
      { protocol: 'amqp/unix', host: path, port: 0 },
    ])
    const watcher = await (await connectAmqp(broker.url)).createChannel()
    await watcher.assertQueue('events')
    await watcher.bindQueue('events', 'amq.rabbitmq.event', 'connection.created')
    for (const number of [1, 2]) {
      const connection = await connectOn(connect(path))
      const channel = await connection.createConfirmChannel()
      const { queue } = await channel.assertQueue('')
      channel.sendToQueue(queue, Buffer.from('hello'))
      await channel.waitForConfirms()
      expect(await channel.get(queue)).toMatchObject({ content: Buffer.from('hello') })
      expect(await watcher.get('events', { noAck: true })).toMatchObject({
        properties: { headers: { name: `unix:${number} -> ${path}`, peer_host: 'unix', host: path } },
      })
      await connection.close()
    }
  })

  it('lets its owner and group connect, and takes the file away when it ends', async () => {
    const path = nextPath()
    const broker = await start(path)
    expect(statSync(path).mode & 0o777).toBe(0o660)
    await broker.close()
    expect(existsSync(path)).toBe(false)
  })

  it('replaces the socket of a broker that died', async () => {
    const path = nextPath()
    dieListeningAt(path)
    await start(path)
    await (await connectOn(connect(path))).close()
  })

  it('leaves the socket of another broker alone, and does not start', async () => {
    const path = nextPath()
    await start(path)
    await expect(start(path)).rejects.toThrow(`socket ${path}: is in use; another broker may be running`)
    await (await connectOn(connect(path))).close()
  })

  it('leaves a file alone that is no socket, and does not start', async () => {
    const path = nextPath()
    writeFileSync(path, 'precious')
    await expect(start(path)).rejects.toThrow(
      `socket ${path}: there is a file of that name which is no socket`,
    )
    expect(readFileSync(path, 'utf8')).toBe('precious')
  })

  it.each([
    ['in a folder that is not there', join(folder, 'nowhere', 's'), 'cannot listen there'],
    ['longer than a path of a socket may be', join(folder, 's'.repeat(108)), 'bytes at most'],
  ])('does not start with one %s', async (_, path, message) => {
    await expect(start(path)).rejects.toThrow(`socket ${path}: `)
    await expect(start(path)).rejects.toThrow(message)
    expect(existsSync(path)).toBe(false)
  })
})
