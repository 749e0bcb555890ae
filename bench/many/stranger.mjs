// A thread with a connection that has nothing to do with what is measured: how long it waits for the answer to a small
// question is how long the broker had no ear for anybody else.
import { parentPort, workerData } from 'node:worker_threads'
import { id, qos, Wire } from './wire.mjs'

const EVERY_MS = 2
const wire = await Wire.open(workerData)
const waits = []
let isEnough = false
for (let i = 0; i < 50; i++) await wire.ask(qos(1), id.basicQosOk) // warm
parentPort.once('message', () => {
  isEnough = true
})
parentPort.postMessage('ready')
while (!isEnough) {
  const begun = performance.now()
  await wire.ask(qos(1), id.basicQosOk)
  waits.push(performance.now() - begun)
  await new Promise(resolve => setTimeout(resolve, EVERY_MS))
}
waits.sort((a, b) => a - b)
parentPort.postMessage({ p99: waits[Math.floor(waits.length * 0.99)], max: waits.at(-1) })
await wire.destroy()
