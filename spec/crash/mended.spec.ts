/** What rounds of kills once found, and what can be seen of it without them. */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
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
