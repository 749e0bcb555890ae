/**
 * Brokers as processes of this comparison: each in a temporary folder of its own and in a process group of its own, so
 * that Ctrl-C reaches the comparison first and it ends them. Whatever happens, none outlives it and no folder stays.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { greeting, nameIn, parseTarget } from './handshake.mjs'

const LOOK_EVERY_MS = 2
const STOP_TIMEOUT_MS = 20_000
const PAGE_BYTES = 4096

const running = new Set()
process.on('exit', () => {
  for (const started of running) started.kill()
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))

/** A process that is running, with a folder to work in. */
export class Started {
  said = ''
  startedAt = performance.now()

  /** `prepare` gets the folder and says what to run in it: `{ command, args, env, uid, gid }`. */
  constructor(name, prepare) {
    this.name = name
    this.folder = mkdtempSync(join(tmpdir(), 'leveret-compare-'))
    running.add(this)
    const { command, args, ...options } = prepare(this.folder)
    this.startedAt = performance.now()
    this.child = spawn(command, args, {
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    })
    this.pid = this.child.pid
    this.ended = new Promise(resolve => this.child.once('close', resolve).once('error', resolve))
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on('data', text => {
        this.said = `${this.said}${text}`.slice(-4000)
      })
  }

  /** Waits until it accepts connections at the url, and becomes a side of the comparison. */
  async listening(url, timeoutMs) {
    const target = parseTarget(url)
    let isOver = false
    this.ended.then(() => {
      isOver = true
    })
    while (performance.now() - this.startedAt < timeoutMs && !isOver) {
      const start = await greeting(target).catch(() => undefined)
      if (start !== undefined) return { start, startMs: performance.now() - this.startedAt }
      await pause(LOOK_EVERY_MS)
    }
    const why = isOver ? 'it ended' : `not within ${timeoutMs / 1000} s`
    throw new Error(`${this.name} did not come up (${why}): ${this.said.trim() || 'it said nothing'}`)
  }

  async stop() {
    this.child.kill('SIGTERM')
    const timer = setTimeout(() => this.killGroup(), STOP_TIMEOUT_MS)
    await this.ended
    clearTimeout(timer)
    this.kill()
  }

  /** At once. */
  kill() {
    if (!running.delete(this)) return
    this.killGroup()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  killGroup() {
    try {
      if (this.pid !== undefined) process.kill(-this.pid, 'SIGKILL')
    } catch {} // it has ended
  }
}

/** A broker that somebody else runs: its process is not known, and it is taken to keep what it is told to. */
export async function elsewhere(text) {
  const [, name, url] = /^(?:([^=:/]+)=)?(amqp:.*)$/.exec(text) ?? [undefined, undefined, text]
  const start = await greeting(parseTarget(url))
  return { name: name ?? nameIn(start), url, isOurs: false, keeps: true, stop: async () => {} }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Resident memory in bytes, from Linux' /proc; undefined elsewhere. */
export function residentBytes(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES
  } catch {
    return undefined
  }
}

export function pause(delayMs) {
  return new Promise(resolve => setTimeout(resolve, delayMs))
}
