/** Brokers that are started and stopped in one process, one after the other. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { growthOf, Heap } from './heap'
import { holdersOf, leastLeft, type Measured } from './measure'

export type StartKind = 'testing' | 'durable'

/** `handles`: what kept the process busy before and after. */
export async function measureStarts(
  kind: StartKind,
  times: number,
): Promise<Measured & { readonly handles: readonly [unknown, unknown] }> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leveret-starts-')))
  const child = fork(join(__dirname, 'starts-inside.cjs'), [], { execArgv: ['--expose-gc'] })
  const ask = async (question: string): Promise<unknown> => {
    child.send(question)
    return (await once(child, 'message'))[0]
  }
  const heap = async (name: string): Promise<Heap> => {
    const file = join(folder, `${name}.heapsnapshot`)
    await ask(file)
    return Heap.take(file)
  }
  const first = await ask(`${kind} ${times}`)
  const before = await heap('before')
  await ask(`${kind} ${times}`)
  const between = await heap('between')
  const last = await ask(`${kind} ${times}`)
  const after = await heap('after')
  child.disconnect()
  rmSync(folder, { recursive: true, force: true })
  const grown = growthOf(before, between, after, leastLeft(times))
  const bytesPerRound = Math.round((after.bytes - between.bytes) / times)
  return { grown, holders: holdersOf(after, grown), bytesPerRound, handles: [first, last] }
}
