/**
 * Has a queue to itself and does one thing after the other: publishes, gets, settles, purges, deletes, declares. Alone, so
 * that what the queue holds is known exactly: every answer is compared, and a restart must bring one of the states
 * since the last answer, message by message in order.
 */
import { Confirms } from '../confirms'
import type { LinkChannel } from '../link'
import { messageCountOf, takeAll } from '../look'
import { bodyOf, idOf, propertiesOf, someSize } from '../message'
import type { Random } from '../random'
import type { Stage } from '../stage'
import { Steps } from '../steps'

interface Entry {
  readonly id: number
  readonly persistent: boolean
  readonly bytes: number
}

interface QueueState {
  readonly exists: boolean
  readonly entries: readonly Entry[]
}

const NOWHERE: QueueState = { exists: false, entries: [] }
const EMPTY: QueueState = { exists: true, entries: [] }

export class Owner {
  private readonly steps = new Steps<QueueState>(NOWHERE)

  constructor(private readonly queue: string) {}

  async run(stage: Stage, random: Random): Promise<void> {
    const link = await stage.open()
    const channel = await link.openChannel(arrival => confirms.take(arrival))
    const confirms = new Confirms<number>(stage, channel, step => this.answered(stage, step))
    await channel.call('confirm.select')
    const working = new Working(this.queue, this.steps, stage, random, channel, confirms)
    while (!stage.isOver) {
      await working.doSomething()
      await stage.pause(random.chance(0.7) ? 0 : random.between(0, 15))
    }
    await working.done()
  }

  /** What the restart brought: one of the states that it may bring, without what was transient. */
  async audit(stage: Stage, random: Random): Promise<void> {
    const link = await stage.open()
    const count = await messageCountOf(link, this.queue)
    const found: QueueState = count === undefined ? NOWHERE : await this.look(stage, random, link, count)
    const candidates = this.steps.candidates().map(surviving)
    if (!candidates.some(candidate => isSame(candidate, found))) {
      const expected = [...new Set(candidates.map(spelled))].join(' or ')
      stage.ledger.complain(`${this.queue} is ${spelled(found)}, not ${expected}`)
    }
    this.steps.found([found])
    await link.close()
  }

  private async look(
    stage: Stage,
    random: Random,
    link: Awaited<ReturnType<Stage['open']>>,
    count: number,
  ): Promise<QueueState> {
    const channel = await link.openChannel()
    const found = await takeAll(channel, this.queue, count, random)
    stage.ledger.figures.recovered += found.length
    for (const { id, body } of found) {
      if (!body.equals(bodyOf(id, body.length)))
        stage.ledger.complain(`${this.queue}: ${id} has another body`)
    }
    const entries = found.map(({ id, body }) => ({ id, persistent: true, bytes: body.length }))
    return { exists: true, entries }
  }

  private answered(stage: Stage, step: number): void {
    if (step === 0) return
    this.steps.answered(step)
    stage.ledger.figures.changes++
  }
}

/** One life of the broker with it. */
class Working {
  /** Requests sent and not answered yet. */
  private readonly asked = new Set<Promise<void>>()
  /** What was taken and not settled: its delivery tag by its number. */
  private readonly out = new Map<number, number>()

  constructor(
    private readonly queue: string,
    private readonly steps: Steps<QueueState>,
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly channel: LinkChannel,
    private readonly confirms: Confirms<number>,
  ) {}

  async doSomething(): Promise<void> {
    const { random } = this
    if (!this.steps.current.exists) {
      if (random.chance(0.1)) this.publish(random.between(1, 3)) // to nobody
      this.declare()
      return
    }
    const what = random.next()
    if (what < 0.4) this.publish(random.between(1, 30))
    else if (what < 0.6) await this.take(random.between(1, 12))
    else if (what < 0.8) this.settle()
    else if (what < 0.88) this.purge()
    else if (what < 0.92) this.delete()
    else await this.done()
  }

  async done(): Promise<void> {
    await Promise.all(this.asked)
    await this.confirms.below(1)
  }

  private get waiting(): readonly Entry[] {
    return this.steps.current.entries.filter(({ id }) => !this.out.has(id))
  }

  private publish(count: number): void {
    const { stage, random } = this
    for (; count > 0; count--) {
      const entry = { id: stage.ledger.nextId(), persistent: !random.chance(0.15), bytes: someSize(random) }
      stage.ledger.figures.published++
      const { exists } = this.steps.current
      const step = this.steps.issue(state =>
        state.exists ? { ...state, entries: [...state.entries, entry] } : state,
      )
      this.channel.publish(
        '',
        this.queue,
        bodyOf(entry.id, entry.bytes),
        propertiesOf(entry.id, entry.persistent),
      )
      // Only the confirm of what must be kept says anything of what came before.
      this.confirms.add(exists && entry.persistent ? step : 0)
    }
  }

  private async take(count: number): Promise<void> {
    const { channel, stage } = this
    for (const entry of this.waiting.slice(0, count)) {
      const got = await channel.get(this.queue)
      if (got?.content === undefined || idOf(got.content) !== entry.id) {
        const instead = got?.content === undefined ? 'nothing' : idOf(got.content)
        stage.ledger.complain(`${this.queue} gave ${instead}, not ${entry.id}`)
        return
      }
      if (!got.content.body.equals(bodyOf(entry.id, entry.bytes))) {
        stage.ledger.complain(`${this.queue}: ${entry.id} has another body`)
      }
      this.out.set(entry.id, got.fields.deliveryTag)
    }
  }

  /** Acknowledges some of what is out, in any order, returns some, and keeps the rest. */
  private settle(): void {
    const { random } = this
    const some = random.shuffled([...this.out]).slice(0, random.between(0, this.out.size))
    for (const [id, deliveryTag] of some) {
      this.out.delete(id)
      if (random.chance(0.3)) this.channel.send('basic.nack', { deliveryTag, requeue: true })
      else {
        this.steps.issue(state => ({ ...state, entries: state.entries.filter(entry => entry.id !== id) }))
        this.channel.send('basic.ack', { deliveryTag })
      }
    }
  }

  private purge(): void {
    const expected = this.waiting.length
    const kept = new Set(this.out.keys())
    const step = this.steps.issue(state => ({
      ...state,
      entries: state.entries.filter(({ id }) => kept.has(id)),
    }))
    this.ask(step, this.channel.call('queue.purge', { queue: this.queue }), ({ messageCount }) => {
      this.expectCount('purged', messageCount, expected)
    })
  }

  private delete(): void {
    const expected = this.waiting.length
    this.out.clear()
    const step = this.steps.issue(() => NOWHERE)
    this.ask(step, this.channel.call('queue.delete', { queue: this.queue }), ({ messageCount }) => {
      this.expectCount('deleted', messageCount, expected)
    })
  }

  private declare(): void {
    const step = this.steps.issue(() => EMPTY)
    this.ask(step, this.channel.call('queue.declare', { queue: this.queue, durable: true }), answer => {
      this.expectCount('declared', answer.messageCount, 0)
    })
  }

  private ask<Answer>(step: number, answer: Promise<Answer>, check: (answer: Answer) => void): void {
    const asked = answer.then(answered => {
      check(answered)
      this.steps.answered(step)
      this.stage.ledger.figures.changes++
      this.stage.answered()
      this.asked.delete(asked)
    })
    this.asked.add(asked)
    asked.catch(() => {}) // whoever waits for it hears of it
  }

  private expectCount(what: string, count: number, expected: number): void {
    if (count === expected) return
    this.stage.ledger.complain(`${this.queue}: ${what} with ${count} messages, not ${expected}`)
  }
}

function surviving({ exists, entries }: QueueState): QueueState {
  return { exists, entries: entries.filter(({ persistent }) => persistent) }
}

function isSame(one: QueueState, other: QueueState): boolean {
  return spelled(one) === spelled(other)
}

function spelled({ exists, entries }: QueueState): string {
  return exists ? `[${entries.map(({ id, bytes }) => `${id}:${bytes}`).join(' ')}]` : 'not there'
}
