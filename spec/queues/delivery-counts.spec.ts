/** How often messages came back to a queue with a delivery limit, over restarts. */
import { mkdirSync } from 'node:fs'
import Database from 'better-sqlite3'
import { type QueueOptions, queueOptions } from '../../src/queues/options'
import type { Queue } from '../../src/queues/queue'
import { ManualClock } from '../support/manual-clock'
import { messageWith } from '../support/messages'
import { RuledLife } from '../support/ruled-life'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const newFolder = pathsIn(temporaryFolder())

describe('how often a message came back', () => {
  const clock = new ManualClock()
  const limited = { ...queueOptions(new Map()), deliveryLimit: 2, deadLetterExchange: 'dlx' }
  let file: string
  let life: RuledLife

  beforeEach(() => {
    const folder = newFolder()
    mkdirSync(folder)
    file = `${folder}/leveret.db`
    life = new RuledLife(file, clock, limited)
  })

  afterEach(() => life.end())

  async function restart(options: QueueOptions = limited): Promise<void> {
    await life.endTurns()
    await life.end()
    life = new RuledLife(file, clock, options)
  }

  async function enqueue(count: number, persistent = true): Promise<void> {
    for (let i = 0; i < count; i++) life.queue.enqueue(messageWith(`m${i}`, { persistent }))
    await life.endTurns()
  }

  async function comesBack(times: number): Promise<void> {
    for (let time = 0; time < times; time++) life.queue.requeue((await life.get())!.position, true)
  }

  function stored(): unknown {
    return life.disk.definitions.queues[0]?.deliveryCounts?.map(({ position, count }) => [position, count])
  }

  it('counts on after a restart', async () => {
    await enqueue(1)
    await comesBack(1)
    await restart()
    await comesBack(1)
    await restart()
    expect(life.dying).toEqual([])
    await comesBack(1)
    expect(life.dying).toMatchObject([{ reason: 'delivery_limit', body: 'm0' }])
  })

  it('is told with it', async () => {
    await enqueue(1)
    await comesBack(2)
    await restart()
    expect((await life.get())!.message.headers()?.get('x-delivery-count')).toEqual({ type: 'l', value: 2 })
  })

  it.each<[string, (queue: Queue, position: number) => void]>([
    ['acknowledged', (queue, position) => queue.settle(position)],
    [
      'purged',
      (queue, position) => {
        queue.requeue(position)
        queue.purge()
      },
    ],
  ])('is nothing once it was %s', async (_, goes) => {
    await enqueue(2)
    await comesBack(1)
    goes(life.queue, (await life.get())!.position)
    await restart()
    expect(stored()).toEqual([])
  })

  it('is nothing once it was purged before anything was read', async () => {
    await enqueue(2)
    await comesBack(1)
    await restart()
    expect(stored()).toEqual([[0, 1]])
    life.queue.purge()
    await restart()
    expect(stored()).toEqual([])
  })

  it('is nothing once the queue was deleted', async () => {
    await enqueue(2)
    await comesBack(1)
    await life.endTurns()
    life.queue.delete()
    life.store.change({ kind: 'queue-gone', id: life.queue.definition.id })
    await life.endTurns()
    await life.end()
    const database = new Database(file)
    expect(database.prepare('SELECT count(*) FROM delivery_count').pluck().get()).toBe(0)
    database.close()
    life = new RuledLife(file, clock, limited)
  })

  it('is not kept of what is not kept', async () => {
    await enqueue(1, false)
    await enqueue(1, true)
    const first = await life.get()
    const second = await life.get()
    for (const got of [first, second]) life.queue.requeue(got!.position, true)
    await restart()
    expect(stored()).toEqual([[1, 1]])
  })

  it('goes with it also where nobody counts any more', async () => {
    await enqueue(1)
    await comesBack(1)
    await restart(queueOptions(new Map()))
    life.queue.settle((await life.get())!.position)
    await restart()
    expect(stored()).toEqual([])
  })
})
