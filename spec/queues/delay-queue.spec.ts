/** The queue of a delayed exchange on SQLite: a backlog that does not stay in memory, and what is left after a restart. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DelayQueue } from '../../src/queues/delay-queue'
import type { SpilledPart } from '../../src/store/message-store'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store'
import type { TurnWork } from '../../src/turn'
import { heldBytes, MIB } from '../support/held-bytes'
import { InlineDisk } from '../support/inline-disk'
import { ManualClock } from '../support/manual-clock'
import { ManualTurn } from '../support/manual-turn'
import { bodyOf, messageWith } from '../support/messages'
import { noDeaths } from '../support/queues'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function newDatabase(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leveret-spec-'))
  folders.push(folder)
  return join(folder, 'leveret.db')
}

/** Takes the memory of what is spilled, as a thread does. */
class TakingDisk extends InlineDisk {
  spills = 0

  override spill(queueId: number, first: number, part: SpilledPart, written: () => void): void {
    this.spills++
    const transfer = [part.entries.buffer as ArrayBuffer, part.records.buffer as ArrayBuffer]
    super.spill(queueId, first, structuredClone(part, { transfer }), written)
  }
}

/** One life of a broker with one such queue. The delay of a message is its routing key. */
class Life {
  readonly turn = new ManualTurn()
  readonly clock = new ManualClock(Date.now())
  readonly released: string[] = []
  readonly queue: DelayQueue
  readonly disk: TakingDisk

  constructor(file: string) {
    this.disk = new TakingDisk(file, 'os')
    const store = new SqliteStore(this.turn, this.disk)
    const [stored] = this.disk.definitions.queues
    const record = { id: 7, vhost: '/', name: 'amq.delayed.x', autoDelete: false }
    const definition = { ...record, durable: true, owner: undefined, arguments: new Map() }
    this.queue = new DelayQueue(definition, 'x', {
      clock: this.clock,
      turn: this.turn,
      store,
      deadLetters: noDeaths,
      unused: () => {},
      delayOf: message => {
        message.readAddress()
        return Number(message.routingKey)
      },
      release: (_, message) => {
        this.released.push(bodyOf(message))
        return 0
      },
    })
    if (stored === undefined)
      store.change({ kind: 'queue', record: { ...record, arguments: new Uint8Array() } })
    else this.queue.restore(stored)
  }

  add(body: string | Buffer, delay: number, persistent = true): void {
    this.queue.enqueue(messageWith(body as string, { routingKey: String(delay), persistent }))
  }

  async endTurns(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      if (this.turn.runAll() > 1) quiet = 0
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds)
    await this.endTurns()
  }
}

const MINUTE = 60_000

describe.each([true, false])('a queue of delayed messages, persistent: %p', persistent => {
  it('leaves a long backlog to the disk, and releases all of it in its order', async () => {
    const life = new Life(newDatabase())
    const body = Buffer.alloc(30_000, 'x')
    const before = await heldBytes()
    const count = 6000 // 180 MB
    for (let index = 0; index < count; index++) {
      body.write(String(index).padEnd(6))
      life.add(body, MINUTE + ((index * 7919) % count), persistent)
      if (index % 100 === 0) await life.endTurns()
    }
    await life.endTurns()
    // What is not persistent is handed to the disk, which only keeps it in memory here.
    if (persistent) expect((await heldBytes()) - before).toBeLessThan(120 * MIB)
    else expect(life.disk.spills).toBeGreaterThan(400)
    expect(life.queue.messageCount).toBe(count)
    await life.pass(MINUTE - 1)
    expect(life.released).toEqual([])
    life.clock.advance(count + 1)
    while (life.queue.messageCount > 0) await life.endTurns()
    const released = life.released.map(text => Number(text.slice(0, 6)))
    const due = (index: number) => (index * 7919) % count
    expect(released.map(due)).toEqual([...Array(count).keys()])
    await life.disk.close()
  }, 60_000)
})

describe('a queue of delayed messages', () => {
  it('has everything after a restart, each due when it was', async () => {
    const file = newDatabase()
    const first = new Life(file)
    for (let index = 0; index < 20_000; index++)
      first.add(String(index), index % 2 === 0 ? MINUTE : 10 * MINUTE)
    first.add('at once', 1)
    await first.pass(1)
    expect(first.released).toEqual(['at once'])
    await first.disk.close()
    const second = new Life(file)
    await second.endTurns()
    expect(second.queue.messageCount).toBe(20_000)
    expect(second.released).toEqual([])
    await second.pass(5 * MINUTE)
    expect(second.released).toHaveLength(10_000)
    expect(second.released.slice(0, 3)).toEqual(['0', '2', '4'])
    await second.pass(10 * MINUTE)
    expect(second.released).toHaveLength(20_000)
    await second.disk.close()
  }, 30_000)

  it('releases no more than the disk keeps up with', async () => {
    const life = new Life(newDatabase())
    for (let index = 0; index < 5000; index++) life.add('m', MINUTE)
    await life.endTurns()
    const caughtUp: TurnWork[] = []
    const store = life.queue.around.store
    jest.spyOn(store, 'isBehind', 'get').mockImplementation(() => life.released.length === 100)
    jest.spyOn(store, 'whenCaughtUp').mockImplementation(work => caughtUp.push(work))
    await life.pass(MINUTE)
    expect([life.released.length, caughtUp.length]).toEqual([100, 1])
    jest.restoreAllMocks()
    for (const work of caughtUp) life.turn.answer(work)
    await life.endTurns()
    expect(life.released).toHaveLength(5000)
    await life.disk.close()
  })

  it('can be emptied while it is read back, for good', async () => {
    const file = newDatabase()
    const first = new Life(file)
    for (let index = 0; index < 10_000; index++) first.add(String(index), MINUTE)
    await first.endTurns()
    await first.disk.close()
    const second = new Life(file)
    expect(second.queue.purge()).toBe(10_000)
    second.add('new', 2 * MINUTE)
    await second.pass(3 * MINUTE)
    expect(second.released).toEqual(['new'])
    await second.disk.close()
    const third = new Life(file)
    await third.endTurns()
    expect(third.queue.messageCount).toBe(0)
    await third.disk.close()
  })

  it('keeps one timer for all that waits, and none once it is stopped', () => {
    const life = new Life(newDatabase())
    const { queue, clock } = life
    for (let delay = 1000; delay > 0; delay--) life.add('a', delay)
    expect(clock.pending).toBe(1)
    queue.stop()
    expect(clock.pending).toBe(0)
  })

  it('takes a million messages in a few seconds', () => {
    const life = new Life(newDatabase())
    for (let index = 0; index < 1_000_000; index++) life.add('x', 1 + ((index * 7919) % MINUTE), false)
    expect(life.queue.messageCount).toBe(1_000_000)
    life.clock.advance(MINUTE)
    life.turn.runAll()
    expect(life.queue.messageCount).toBe(0)
    expect(life.released).toHaveLength(1_000_000)
  }, 60_000)
})
