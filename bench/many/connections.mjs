// 10,000 connections that stay, and connections that come and go as fast as they can. Sources are several loopback addresses:
// one has 28,000 ports, and each is out of use for a minute after its connection.
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { MeasuredBroker } from './broker.mjs'
import { printRow } from './row.mjs'
import { inParallel, Wire } from './wire.mjs'

const SOURCES = 50
const CHURNED = 50_000
const source = i => `127.0.0.${2 + (i % SOURCES)}`

export async function run(scaled) {
  await standing(scaled(10_000))
  await churn(scaled(CHURNED))
}

async function standing(count) {
  const broker = await MeasuredBroker.start()
  const { address } = broker
  let wires = []
  const opened = await broker.beside(async () => {
    wires = await inParallel(count, 100, i => Wire.open(address, { localAddress: source(i) }))
  })
  opened.rss = await broker.settledRss()
  const each = (((opened.rss - opened.before) * 1024) / count).toFixed(1)
  printRow(`${count} connections opened, a channel each (${each} KiB each)`, opened)
  const idle = await broker.beside(() => new Promise(resolve => setTimeout(resolve, 5000)))
  printRow('… idle for five seconds', idle)
  for (const wire of wires) wire.socket.removeAllListeners('error').on('error', () => {})
  const lost = await broker.beside(async () => {
    for (const wire of wires) wire.socket.resetAndDestroy()
    await Promise.all(wires.map(wire => wire.destroy()))
  })
  lost.rss = await broker.settledRss()
  printRow('… all lost at once', lost)
  await broker.stop()
}

async function churn(count) {
  const broker = await MeasuredBroker.start()
  const threads = Math.max(1, availableParallelism() - 1)
  const share = Math.ceil(count / threads)
  const come = await broker.beside(() =>
    Promise.all(
      Array.from({ length: threads }, (_, i) => {
        const worker = new Worker(fileURLToPath(import.meta.url), {
          workerData: { address: broker.address, share, i },
        })
        return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      }),
    ),
  )
  const perSecond = Math.round((share * threads * 1000) / come.ms)
  const cpu = Math.round((come.cpuMs * 1000) / (share * threads))
  come.rss = await broker.settledRss()
  printRow(`${share * threads} connections come and go: ${perSecond} per second, ${cpu} µs of CPU each`, come)
  await broker.stop()
}

if (!isMainThread && workerData?.share !== undefined) {
  const { address, share, i } = workerData
  await inParallel(share, 40, async n => {
    const wire = await Wire.open(address, { localAddress: source(n + i * 7), withChannel: false })
    await wire.close()
  })
  parentPort.postMessage('done')
}
