/** What a broker costs before any message: until it accepts the first connection, and with many that do nothing. */
import { execFileSync } from 'node:child_process'
import { dist, startLeveret } from './brokers.mjs'
import { openIdle, parseTarget } from './handshake.mjs'
import { pause, residentBytes } from './processes.mjs'
import { median } from './tables.mjs'

const IDLE_CONNECTIONS = 1000
/** Opened at a time: a broker's backlog is finite. */
const OPENING = 50
const SETTLE_MS = 1000
const STARTS = 5

/** Of fresh processes, without a data folder. */
export async function leveretFootprint() {
  const starts = []
  let idle
  for (let index = 0; index < STARTS; index++) {
    const leveret = await startLeveret()
    starts.push(leveret.startMs)
    if (index === STARTS - 1) idle = await idleBytes(leveret)
    await leveret.stop()
  }
  return { startMs: median(starts), ...idle }
}

/** `{ before, with }`: resident bytes of the process as it is, and with 1,000 connections open and idle. */
export async function idleBytes(side) {
  await pause(SETTLE_MS)
  const before = residentBytes(side.pid)
  const target = parseTarget(side.url)
  const sockets = []
  try {
    while (sockets.length < IDLE_CONNECTIONS) {
      sockets.push(...(await Promise.all(Array.from({ length: OPENING }, () => openIdle(target)))))
    }
    await pause(SETTLE_MS)
    return { before, with: residentBytes(side.pid) }
  } finally {
    for (const socket of sockets) socket.destroy()
    await pause(SETTLE_MS)
  }
}

/** Milliseconds of `createBroker` with the modules loaded: the first call of a process, and those after it. */
export function createBrokerMs() {
  const runs = Array.from({ length: STARTS }, () => {
    const output = execFileSync(process.execPath, ['-e', TIME_CREATE_BROKER, dist], { encoding: 'utf8' })
    return JSON.parse(output)
  })
  return {
    first: median(runs.map(times => times[0])),
    later: median(runs.flatMap(times => times.slice(1))),
  }
}

const TIME_CREATE_BROKER = `
const { createBroker } = require(process.argv[1])
const times = []
async function run() {
  while (times.length < 10) {
    const begun = performance.now()
    const broker = await createBroker({ port: 0, logLevel: 'silent' })
    times.push(performance.now() - begun)
    await broker.close()
  }
  console.log(JSON.stringify(times))
}
run()
`
