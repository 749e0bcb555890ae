/** A Leveret of this installation in a process of its own, on a free port: what `bench --broker` measures. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export interface LocalBroker {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** Rejects with what the broker said when it does not come up. */
export async function startLocalBroker(): Promise<LocalBroker> {
  const main = join(__dirname, '../main.js')
  // In the working folder, for elsewhere may be a disk in memory; and not in the data folder that may be there.
  const dataDir = mkdtempSync('leveret-bench-')
  const remove = (): void => rmSync(dataDir, { recursive: true, force: true })
  const args = [
    'serve',
    '--port',
    '0',
    '--data-dir',
    dataDir,
    '--log-level',
    'warn',
    '--no-management',
    '--no-prometheus',
  ]
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: withoutOptions(process.env),
    // In a process group of its own: Ctrl-C ends the run first, and the run ends its broker.
    detached: true,
  })
  process.once('exit', () => {
    child.kill()
    remove()
  })
  const url = await announcedUrl(child)
  child.stderr?.pipe(process.stderr)
  return { url, pid: child.pid ?? 0, stop: () => stop(child) }
}

function announcedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const url = /amqp:\/\/\S+/.exec(said)
      if (url !== null) resolve(url[0])
    })
    let complaints = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaints += text
    })
    child.on('error', reject)
    child.on('close', () => reject(new Error(`the broker did not start: ${(complaints || said).trim()}`)))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

/** The measured broker has the default options, whatever this shell sets. */
function withoutOptions(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(LEVERET|RABBITMQ)_/.test(name)),
  )
}
