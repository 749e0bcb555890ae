/**
 * How the life of a broker under load ends.
 *
 * timer: killed so long after the load began. answer: killed at the very moment when this answer arrives. checkpoint:
 * killed when the database file begins to be written, or so soon after. quiet: killed when everything was answered. stop:
 * asked to stop, which must go well. hurried: asked to stop, and killed, or asked once more, while it does.
 */
import { statSync } from 'node:fs'
import type { BrokerProcess } from './broker-process'
import type { Random } from './random'
import type { Stage } from './stage'
import { passed, within } from './waiting'

export type Ending =
  | { readonly kind: 'timer'; readonly afterMs: number }
  | { readonly kind: 'answer'; readonly count: number }
  | { readonly kind: 'checkpoint'; readonly afterMs: number }
  | { readonly kind: 'quiet'; readonly afterMs: number }
  | { readonly kind: 'stop'; readonly afterMs: number }
  | {
      readonly kind: 'hurried'
      readonly afterMs: number
      readonly patienceMs: number
      readonly isKilled: boolean
    }

/** No load runs longer, even when what it should end with does not come. */
const LOAD_MS_MAX = 1500

export function planEnding(random: Random): Ending {
  const kind = random.next()
  if (kind < 0.53) return { kind: 'timer', afterMs: random.magnitude(1, LOAD_MS_MAX) }
  if (kind < 0.75) return { kind: 'answer', count: random.magnitude(1, 1000) }
  if (kind < 0.83) return { kind: 'checkpoint', afterMs: random.between(0, 12) }
  if (kind < 0.92) return { kind: 'quiet', afterMs: random.magnitude(50, LOAD_MS_MAX) }
  const afterMs = random.magnitude(50, LOAD_MS_MAX)
  if (kind < 0.98) return { kind: 'stop', afterMs }
  return { kind: 'hurried', afterMs, patienceMs: random.between(0, 60), isKilled: random.chance(0.5) }
}

export function describeEnding(ending: Ending): string {
  if (ending.kind === 'answer') return `answer ${ending.count}`
  return `${ending.kind} ${ending.afterMs} ms`
}

export interface Scene {
  readonly stage: Stage
  readonly broker: BrokerProcess
  readonly databaseFile: string
  /** Settles when all actors are done. */
  readonly performance: Promise<void>
}

/** Returns when the broker is to be killed, if it is not dead already. */
export async function bringAbout(ending: Ending, scene: Scene): Promise<void> {
  const { broker, databaseFile, performance, stage } = scene
  switch (ending.kind) {
    case 'answer': // whoever hears the answer kills it
      return await Promise.race([broker.ended.then(() => {}), passed(LOAD_MS_MAX)])
    case 'checkpoint':
      await writing(databaseFile)
      return await passed(ending.afterMs)
    case 'timer':
      return await passed(ending.afterMs)
    case 'quiet':
      await passed(ending.afterMs)
      stage.end()
      return await within('the last answers', performance)
    case 'stop':
      await passed(ending.afterMs)
      return await broker.stop()
    case 'hurried':
      await passed(ending.afterMs)
      if (!ending.isKilled) return await broker.stopTwice(ending.patienceMs)
      void broker.stop().catch(() => {}) // it will not end well
      await passed(ending.patienceMs)
  }
}

/** Returns when a file was written to, or not for a long time. */
async function writing(file: string): Promise<void> {
  const writtenAt = (): number => statSync(file).mtimeMs
  const before = writtenAt()
  const deadline = Date.now() + 2 * LOAD_MS_MAX
  while (writtenAt() === before && Date.now() < deadline) await passed(1)
}
