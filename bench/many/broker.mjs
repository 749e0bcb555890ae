// `leveret serve` in a process of its own, and what it takes: memory from /proc, the time it holds everybody up from the
// round trips of a connection that has nothing to do with the case.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const MIB = 1024 * 1024

export class MeasuredBroker {
  static async start({ dataDir, options = [], management = false } = {}) {
    const begun = performance.now()
    const where = dataDir === undefined ? ['--in-memory'] : ['--data-dir', dataDir]
    const watching = management ? ['--management-port', '0'] : ['--no-management']
    const flags = [
      'serve',
      '--port',
      '0',
      '--log-level',
      'error',
      ...where,
      ...watching,
      '--no-prometheus',
      ...options,
    ]
    const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    await new Promise((resolve, reject) => {
      child.once('exit', () => reject(new Error(`the broker ended: ${said}`)))
      child.stdout.on('data', chunk => {
        said += chunk
        if (/amqp:\/\/\S+/.test(said) && (!management || /http:\/\/\S+/.test(said))) resolve()
      })
    })
    return new MeasuredBroker(child, said, performance.now() - begun)
  }

  constructor(child, said, startMs) {
    this.child = child
    this.startMs = startMs
    const amqp = new URL(/amqp:\/\/\S+/.exec(said)[0])
    this.address = { host: amqp.hostname, port: Number(amqp.port) }
    this.http = /http:\/\/[^\s/]+/.exec(said)?.[0]
    this.before = this.rss
  }

  /** MiB. */
  get rss() {
    return this.#status('VmRSS')
  }

  get peak() {
    return this.#status('VmHWM')
  }

  /** The peak is that since now. */
  resetPeak() {
    writeFileSync(`/proc/${this.child.pid}/clear_refs`, '5')
    this.before = this.rss
  }

  /** Seconds of CPU. */
  get cpu() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  }

  /** MiB, once the collector had its chance: some seconds without anything to do. */
  async settledRss() {
    let least = this.rss
    for (let second = 0; second < 8; second++) {
      await new Promise(resolve => setTimeout(resolve, 500))
      least = Math.min(least, this.rss)
    }
    return least
  }

  /** Runs the work beside a stranger who asks something small every other millisecond. */
  async beside(work) {
    const stranger = new Worker(new URL('./stranger.mjs', import.meta.url), { workerData: this.address })
    await once(stranger, 'message')
    this.resetPeak()
    const cpu = this.cpu
    const begun = performance.now()
    const said = await work()
    const ms = performance.now() - begun
    const cpuMs = (this.cpu - cpu) * 1000
    const told = once(stranger, 'message')
    stranger.postMessage('enough')
    const [{ p99, max }] = await told
    return { ms, cpuMs, before: this.before, peak: this.peak, rss: this.rss, p99, max, said }
  }

  async stop() {
    if (this.child.exitCode !== null) return
    this.child.kill()
    await once(this.child, 'exit')
  }

  #status(field) {
    const line = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(
      readFileSync(`/proc/${this.child.pid}/status`, 'utf8'),
    )
    return (Number(line[1]) * 1024) / MIB
  }
}
