/** What a test broker does to the process it is in: a program of its own each, run from what was built. */
import { join } from 'node:path'
import { Program } from '../support/processes'
import { temporaryFolder } from '../support/temporary-folder'

const dataDir = temporaryFolder()
const root = join(__dirname, '..', '..')

/** Ends with code 0 only when the program lets go of everything by itself. */
function run(source: string): Promise<readonly string[]> {
  const script = `
    const { TestBroker } = require('./dist/testing')
    const amqplib = require('amqplib')
    ;(async () => {${source}})().catch(error => { console.error(error); process.exit(1) })`
  return new Program('-e', [script], { cwd: root }).finished()
}

/** SQLite is loaded in a thread of its own, so threads are forbidden as well. */
const forbidNatives = `
  const Module = require('node:module')
  const load = Module._load
  Module._load = function (name, ...rest) {
    if (/^better-sqlite3$|worker_threads$|\\.node$/.test(name)) throw new Error('loaded ' + name)
    return load.call(this, name, ...rest)
  }
  process.dlopen = (_, file) => { throw new Error('loaded ' + file) }`

describe('a process with a test broker in it', () => {
  it('ends when the broker is stopped, whatever was due later', async () => {
    await run(`
      const broker = await TestBroker.start()
      const client = await amqplib.connect(broker.url)
      const channel = await client.createConfirmChannel()
      await channel.assertQueue('later', { expires: 3_600_000, messageTtl: 3_600_000 })
      await channel.sendToQueue('later', Buffer.from('one'))
      await channel.waitForConfirms()
      await channel.consume('later', () => {})
      await broker.clock.advance('1m')
      await broker.stop()`)
  })

  it('ends as well when no client was ever there', async () => {
    await run('await (await TestBroker.start({ management: true, prometheus: true })).stop()')
  })

  it('loads no native module', async () => {
    await run(`${forbidNatives}
      const broker = await TestBroker.start({ management: true })
      const client = await amqplib.connect(broker.url)
      await (await client.createChannel()).assertQueue('durable', { durable: true })
      await client.close()
      await broker.stop()`)
  })

  it('would be seen to load one', async () => {
    const loading = run(`${forbidNatives}
      await require('./dist').createBroker({ port: 0, dataDir: ${JSON.stringify(dataDir)} })`)
    await expect(loading).rejects.toThrow(/loaded (better-sqlite3|.*worker_threads)/)
  })
})
