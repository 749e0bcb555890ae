/** What rounds of kills once found, and what can be seen of it without them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Wire } from '../../conformance/support/wire'
import { numbered, publishAll, restartingBroker } from '../behaviour/restarts'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const broker = restartingBroker()
const newFolder = pathsIn(temporaryFolder())

/** Goes on from the files as they are now, as after a kill. */
async function restartFromCopy(): Promise<void> {
  const copy = newFolder()
  mkdirSync(copy)
  for (const file of ['leveret.db', 'leveret.db-wal']) cpSync(join(broker.dataDir, file), join(copy, file))
  await broker.stop()
  broker.dataDir = copy
  await broker.start()
}

describe('a broker that was killed', () => {
  it('marks everything as redelivered, for nobody knows what was delivered', async () => {
    const channel = await broker.confirmChannel()
    await channel.call('queue.declare', { queue: 'q', durable: true })
    await publishAll(channel, 'q', numbered(3))
    await channel.get('q')
    await restartFromCopy()
    const after = await broker.channel()
    const got = [await after.get('q'), await after.get('q'), await after.get('q')]
    expect(got.map(each => [each?.body.toString(), each?.redelivered])).toEqual([
      ['0', true],
      ['1', true],
      ['2', true],
    ])
  })

  it('does not forget that when it is stopped well the next time', async () => {
    const channel = await broker.confirmChannel()
    await channel.call('queue.declare', { queue: 'q', durable: true })
    await publishAll(channel, 'q', ['0'])
    await restartFromCopy()
    await broker.restart()
    expect((await (await broker.channel()).get('q'))?.redelivered).toBe(true)
  })
})

/** A program with a broker in it, which it never closes. Told anything, it ends as `ending` says. */
const PROGRAM = (ending: string) => `
  const [dist, dataDir] = process.argv.slice(1)
  require(dist).createBroker({ port: 0, dataDir, durability: 'os', logLevel: 'silent' }).then(broker => {
    process.stdin.once('data', () => { ${ending} })
    process.stdout.write(broker.url)
  })`

describe('a broker whose process ended without closing it', () => {
  // SQLite's log is gone then, as after a stop: the addon closes the database on the way out.
  it.each(['process.exit(1)', 'throw new Error("nobody catches it")'])(
    'marks everything as redelivered, too: %s',
    async ending => {
      const channel = await broker.confirmChannel()
      await channel.call('queue.declare', { queue: 'q', durable: true })
      await publishAll(channel, 'q', ['0'])
      await broker.stop()
      expect(await firstOf('q', ending)).toEqual(['0', false])
      await broker.start()
      const again = await (await broker.channel()).get('q')
      expect([again?.body.toString(), again?.redelivered]).toEqual(['0', true])
    },
  )

  /** What such a program gave a client that had not acknowledged it when the program ended. */
  async function firstOf(queue: string, ending: string): Promise<unknown[]> {
    const dist = join(__dirname, '../../dist')
    const args = ['-e', PROGRAM(ending), dist, broker.dataDir]
    const program = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] })
    const [url] = await once(program.stdout, 'data')
    const wire = await (await Wire.connect(String(url))).open()
    const got = await (await wire.channel()).get(queue)
    program.stdin.write('end')
    await once(program, 'exit')
    await wire.destroy()
    return [got?.body.toString(), got?.redelivered]
  }
})

describe('a transaction', () => {
  it('is committed without what it published to a queue that was deleted since', async () => {
    const channel = await broker.channel()
    for (const queue of ['gone', 'there']) await channel.call('queue.declare', { queue, durable: true })
    await channel.call('tx.select')
    for (const queue of ['gone', 'there']) channel.publish({ routingKey: queue }, 'm', { deliveryMode: 2 })
    await channel.call('queue.delete', { queue: 'gone' })
    await channel.call('tx.commit')
    await broker.restart()
    expect(await (await broker.channel()).drain('there')).toEqual(['m'])
  })
})
