/** The explorer of conformance/explore without RabbitMQ: it finds nothing where there is nothing, and what is planted. */
import { type Difference, differenceIn, type Sides } from '../../conformance/explore/compare'
import { programFor } from '../../conformance/explore/generate'
import { shrink } from '../../conformance/explore/shrink'
import { Side } from '../../conformance/explore/side'
import { describeStep, type Step } from '../../conformance/explore/step'
import type { MethodName } from '../../conformance/support/methods'
import { parseUrl } from '../../conformance/support/url'
import { type ListeningBroker, listeningBroker } from '../support/listening-broker'

const LENGTH = 40

/** All that a client says once it is there. */
const requests: readonly MethodName[] = [
  'access.request',
  'basic.ack',
  'basic.cancel',
  'basic.consume',
  'basic.get',
  'basic.nack',
  'basic.publish',
  'basic.qos',
  'basic.recover',
  'basic.recover-async',
  'basic.reject',
  'channel.close',
  'channel.flow',
  'channel.open',
  'confirm.select',
  'connection.close',
  'exchange.bind',
  'exchange.declare',
  'exchange.delete',
  'exchange.unbind',
  'queue.bind',
  'queue.declare',
  'queue.delete',
  'queue.purge',
  'queue.unbind',
  'tx.commit',
  'tx.rollback',
  'tx.select',
]

const brokers: ListeningBroker[] = []
const opened: Side[] = []

async function side(limits: Parameters<typeof listeningBroker>[0] = {}): Promise<Side> {
  const broker = await listeningBroker(limits)
  brokers.push(broker)
  const opening = await Side.open(parseUrl(broker.url))
  opened.push(opening)
  return opening
}

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
  for (const broker of brokers.splice(0)) await broker.close()
})

describe('a program', () => {
  it('comes from its seed', () => {
    const lines = (seed: string) => programFor(seed, LENGTH).steps.map(describeStep)
    expect(lines('1')).toEqual(lines('1'))
    expect(lines('1')).not.toEqual(lines('2'))
  })

  it('does everything sooner or later', () => {
    const programs = Array.from({ length: 100 }, (_, seed) => programFor(String(seed), 60))
    const said = new Set(programs.flatMap(({ steps }) => steps.map(({ method }) => method)))
    expect(requests.filter(method => !said.has(method))).toEqual([])
  })

  it('shrinks to the steps that matter', async () => {
    const program = programFor('1', LENGTH)
    const differenceOf = async (steps: readonly Step[]): Promise<Difference | undefined> => {
      const at = steps.findIndex(({ id }) => id === 23)
      if (at < 0 || !steps.slice(0, at).some(({ id }) => id === 7)) return undefined
      return { steps: at + 1, step: steps[at]!, oracle: ['one'], ours: ['another'], kind: 'planted' }
    }
    const found = (await differenceOf(program.steps))!
    const { steps } = await shrink(program, found, differenceOf)
    expect(steps.map(({ id }) => id)).toEqual([7, 23])
  })
})

describe('two brokers that are the same', () => {
  it('differ in no program', async () => {
    const sides = { oracle: await side(), ours: await side() }
    for (let seed = 1; seed <= 6; seed++)
      expect(await differenceIn(programFor(String(seed), LENGTH), sides)).toBeUndefined()
  })
})

describe('a planted fault is found', () => {
  it('in what a message looks like: basic.get never says that it was there before', async () => {
    const sides = { oracle: await side(), ours: await side() }
    const { queues } = brokers.at(-1)!.vhost
    const set = queues.set.bind(queues)
    queues.set = (name, queue) => {
      queue.isRedelivered = () => false
      return set(name, queue)
    }
    const { steps, difference } = await shrunkDifference(sides)
    expect(difference.oracle.join()).toContain('"redelivered":true')
    expect(difference.ours.join()).not.toContain('"redelivered":true')
    expect(steps.length).toBeLessThan(LENGTH / 3)
  })

  it('in what is refused: messages of more than 100 kB', async () => {
    const { difference } = await shrunkDifference({
      oracle: await side(),
      ours: await side({ maxMessageSize: 100_000 }),
    })
    expect(difference.kind).toMatch(/^basic.publish/)
  })
})

/** Of the first program that has one. */
async function shrunkDifference(sides: Sides) {
  for (let seed = 1; seed <= 60; seed++) {
    const program = programFor(String(seed), LENGTH)
    const found = await differenceIn(program, sides)
    if (found !== undefined) return await shrink(program, found, steps => differenceIn({ steps }, sides), 60)
  }
  throw new Error('nothing was found')
}
