/** Everyone who works on a broker during one life of it. */
import { LinkLost } from '../crash/link'
import type { Random } from '../crash/random'
import { asker } from './actors/asker'
import { dealer } from './actors/dealer'
import { governor } from './actors/governor'
import { poller } from './actors/poller'
import { publisher } from './actors/publisher'
import { reader } from './actors/reader'
import { stuck } from './actors/stuck'
import { visitor } from './actors/visitor'
import { LANES, READERS } from './places'
import type { SoakStage } from './soak-stage'

export interface Performance {
  /** Settles when nothing new is published any more. */
  readonly sources: Promise<unknown>
  /** Settles when everybody is done. */
  readonly everybody: Promise<unknown>
}

export function perform(stage: SoakStage, random: Random): Performance {
  const guarded = (run: Promise<void>): Promise<void> => run.catch(error => failed(stage, error))
  const sources = [
    ...LANES.map((lane, at) => guarded(publisher(stage, random.fork(`publisher ${at}`), lane))),
    guarded(dealer(stage, random.fork('dealer'))),
    guarded(asker(stage, random.fork('asker'))),
    guarded(visitor(stage, random.fork('visitor'))),
    guarded(stuck(stage, random.fork('stuck'))),
    guarded(poller(stage, random.fork('poller'))),
    guarded(governor(stage, random.fork('governor'))),
  ]
  const readers = READERS.map((options, at) => guarded(reader(stage, random.fork(`reader ${at}`), options)))
  return { sources: Promise.all(sources), everybody: Promise.all([...sources, ...readers]) }
}

function failed(stage: SoakStage, error: unknown): void {
  if (error instanceof LinkLost) return
  stage.ledger.complain(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
