/**
 * Sees from another thread that an input takes too long: whoever is caught in a loop cannot say so itself. It writes the
 * input to a file and ends the process.
 */
import { Worker } from 'node:worker_threads'
import { type Input, shown } from './target'

const INPUT_BYTES_MAX = 4 * 1024 * 1024
/** In words of the shared memory: how many inputs there were, how long the present one is. */
const HEAD_WORDS = 2

export class Watchdog {
  private readonly memory = new SharedArrayBuffer(4 * HEAD_WORDS + INPUT_BYTES_MAX)
  private readonly head = new Int32Array(this.memory, 0, HEAD_WORDS)
  private readonly text = Buffer.from(this.memory, 4 * HEAD_WORDS)
  private readonly worker: Worker

  constructor(secondsMax: number, file: string) {
    this.worker = new Worker(PROGRAM, { eval: true, workerData: { memory: this.memory, secondsMax, file } })
    this.worker.unref()
  }

  /** A new input; before it the last one had ended. */
  begins(target: string, input: Input): void {
    const length = this.text.write(`${target} ${shown(input)}`, 'utf8')
    Atomics.store(this.head, 1, length)
    Atomics.add(this.head, 0, 1)
  }

  async stop(): Promise<void> {
    await this.worker.terminate()
  }
}

/** Plain JavaScript: it runs in a thread that nobody translates for. */
const PROGRAM = `
const { workerData: { memory, secondsMax, file } } = require('node:worker_threads')
const { writeFileSync } = require('node:fs')
const head = new Int32Array(memory, 0, ${HEAD_WORDS})
let last = -1
let since = Date.now()
setInterval(() => {
  const now = Atomics.load(head, 0)
  if (now !== last) { last = now; since = Date.now(); return }
  if (now === 0 || Date.now() - since < secondsMax * 1000) return
  const text = Buffer.from(Buffer.from(memory, ${4 * HEAD_WORDS}, head[1])).toString()
  writeFileSync(file, text + '\\n')
  require('node:fs').writeSync(2, 'an input takes longer than ' + secondsMax + ' s; it is in ' + file + '\\n' + text.slice(0, 2000) + '\\n')
  process.kill(process.pid, 'SIGKILL')
}, 500)
`
