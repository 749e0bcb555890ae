/** Faults by chance: the same seed brings the same ones. */
import { type ConfirmChannel, connect } from 'amqplib'
import { TestBroker } from '../../src/testing'
import {
  chance,
  type RandomFaults,
  type RandomKind,
  type RandomOptions,
} from '../../src/testing/faults/random-faults'

const brokers: TestBroker[] = []

afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.stop()
})

async function begin(): Promise<{ broker: TestBroker; channel: ConfirmChannel }> {
  const broker = await TestBroker.start()
  brokers.push(broker)
  const client = await connect(broker.url)
  client.on('error', () => {})
  const channel = await client.createConfirmChannel()
  channel.on('error', () => {})
  await channel.assertQueue('orders')
  return { broker, channel }
}

/** A hundred messages published and consumed, with these faults. */
async function struckBy(options: RandomOptions): Promise<RandomFaults> {
  const { broker, channel } = await begin()
  const fault = broker.faults.random(options)
  const answers = Array.from({ length: 100 }, (_, index) => {
    return new Promise<void>(resolve => {
      channel.sendToQueue('orders', Buffer.from(`${index}`), {}, () => resolve())
    })
  })
  await Promise.all(answers)
  await channel.consume('orders', message => message !== null && channel.ack(message))
  await broker.settled()
  return fault
}

const LASTING: readonly RandomKind[] = [
  'nackConfirms',
  'delayConfirms',
  'returnPublishes',
  'duplicateDeliveries',
  'reorderDeliveries',
]
const kinds = Object.fromEntries(LASTING.map(kind => [kind, 1]))

describe('random faults', () => {
  it('are the same for the same seed, and others for another', async () => {
    const [once, again, other] = [
      await struckBy({ seed: 7, kinds }),
      await struckBy({ seed: 7, kinds }),
      await struckBy({ seed: 8, kinds }),
    ]
    expect(once.struck).toBeGreaterThan(5)
    expect(`${again}`).toBe(`${once}`)
    expect(other.strikes).not.toEqual(once.strikes)
    const struck = new Set(once.strikes.map(strike => strike.split(':')[0]))
    expect([...struck].sort()).toEqual([...LASTING].sort())
  })

  it('cut connections behind the same frame', async () => {
    const cut = async (kind: RandomKind): Promise<string> => {
      const { broker, channel } = await begin()
      const fault = broker.faults.random({ seed: 3, every: 100, kinds: { [kind]: 1 }, times: 1 })
      const closed = new Promise(resolve => channel.on('close', resolve))
      const publishing = setInterval(() => {
        try {
          channel.sendToQueue('orders', Buffer.from('one'))
        } catch {
          clearInterval(publishing)
        }
      })
      await closed
      clearInterval(publishing)
      return `${fault}`
    }
    const [dropped, again, closed] = [
      await cut('dropConnections'),
      await cut('dropConnections'),
      await cut('closeConnections'),
    ]
    expect(dropped).toMatch(/seed 3 struck 1 times\n {2}dropConnections: frame \d+ received, connection 1/)
    expect(again).toBe(dropped)
    expect(closed).toMatch(/closeConnections: frame/)
  })

  it('refuse connections, and their opening', async () => {
    const { broker } = await begin()
    using fault = broker.faults.random({ every: 1, kinds: { refuseConnections: 1 }, times: 2 })
    await expect(connect(broker.url)).rejects.toThrow()
    await expect(connect(broker.url)).rejects.toThrow()
    await connect(broker.url)
    expect([fault.struck, fault.isOn]).toEqual([2, false])
    broker.faults.random({ every: 1, kinds: { refuseOpening: 1 } })
    await expect(connect(broker.url)).rejects.toThrow('ConnectionClose')
  })

  it('tell their seed when a test waits in vain, also one they chose themselves', async () => {
    const { broker, channel } = await begin()
    const fault = broker.faults.random({ kinds: { returnPublishes: 1 }, every: 1 })
    channel.sendToQueue('orders', Buffer.from('one'))
    const waiting = broker.waitForMessage({ queue: 'orders', text: 'one' }, { timeout: 50 })
    await expect(waiting).rejects.toThrow(`random faults of seed ${fault.seed} struck`)
  })

  it('end with a reset', async () => {
    const { broker, channel } = await begin()
    const fault = broker.faults.random({ every: 1 })
    await broker.reset()
    await channel.assertQueue('orders')
    channel.sendToQueue('orders', Buffer.from('one'))
    await channel.waitForConfirms()
    expect([fault.struck, fault.isOn]).toEqual([0, false])
  })

  it.each([{ seed: Number.NaN }, { every: -1 }, { kinds: { nackConfirms: -1 } }, { kinds: { rain: 1 } }])(
    'are not begun with what makes no sense: %j',
    async options => {
      const { broker } = await begin()
      expect(() => broker.faults.random(options)).toThrow(RangeError)
    },
  )

  it('strike as often as they are asked to', () => {
    const drawn = Array.from({ length: 100_000 }, (_, occasion) =>
      chance(`1 nackConfirms channel 1 ${occasion}`),
    )
    const below = (limit: number): number => drawn.filter(number => number < limit).length / drawn.length
    expect(below(0.05)).toBeCloseTo(0.05, 2)
    expect(below(0.5)).toBeCloseTo(0.5, 2)
    expect(below(1)).toBe(1)
  })
})
