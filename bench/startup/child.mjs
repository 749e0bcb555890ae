/** A fresh process of `bench/startup.mjs`: does what its first argument says, and prints the times as JSON. */
import { join } from 'node:path'
import { oneMessage, roundTrips, tests } from './one-test.mjs'

const dist = join(import.meta.dirname, '../../dist')
const [what, ...args] = process.argv.slice(2)
const WARM_STARTS = 20
const ROUND_TRIPS = 1000

const tasks = {
  /** Since the process began: when a broker accepts, and when a message is through. Then the starts of more of them. */
  async start([transport]) {
    const { TestBroker } = await testing()
    const loaded = performance.now()
    const broker = await TestBroker.start({ transport })
    const started = performance.now()
    await oneMessage(broker.url)
    const through = performance.now()
    await broker.stop()
    const warm = []
    for (let start = 0; start < WARM_STARTS; start++) {
      const begun = performance.now()
      const another = await TestBroker.start({ transport })
      warm.push(performance.now() - begun)
      await another.stop()
    }
    return { accepting: started, first: started - loaded, through, warm }
  },

  /** A broker for each test. */
  async isolated([transport, count, noDelay]) {
    const { TestBroker } = await testing()
    const isolated = async test => {
      const broker = await TestBroker.start({ transport })
      await test(broker.url)
      await broker.stop()
    }
    return tests(Number(count), isolated, { noDelay: noDelay === 'noDelay' })
  },

  /** One broker for all, made as new after each test. */
  async reset([transport, count]) {
    const { TestBroker } = await testing()
    const broker = await TestBroker.start({ transport })
    const times = await tests(Number(count), async test => {
      await test(broker.url)
      await broker.reset()
    })
    await broker.stop()
    return times
  },

  /** All with a broker that is there and stays: what isolates them is up to their names. */
  shared: ([url, count]) => tests(Number(count), test => test(url)),

  async trips([transport]) {
    const { TestBroker } = await testing()
    const broker = await TestBroker.start({ transport })
    await roundTrips(broker.url, ROUND_TRIPS)
    const { times, perSecond } = await roundTrips(broker.url, ROUND_TRIPS)
    await broker.stop()
    return { times, perSecond }
  },
}

function testing() {
  return import(join(dist, 'testing/index.mjs'))
}

console.log(JSON.stringify(await tasks[what](args)))
