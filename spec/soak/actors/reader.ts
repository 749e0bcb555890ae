/** Reads a queue in its own style; now and then it closes its channel, cancels, or is cut off, and begins again. */
import type { Link } from '../../crash/link'
import type { Random } from '../../crash/random'
import { placeOf, type Style } from '../places'
import type { SoakStage } from '../soak-stage'
import { Reading } from './reading'

/** How often those who take their time settle when all is to be emptied. */
const DRAINING_MS = 30

export interface ReaderOptions {
  readonly queue: string
  readonly style: Style
}

export async function reader(stage: SoakStage, random: Random, options: ReaderOptions): Promise<void> {
  let link = await stage.open()
  while (!stage.isOver) {
    const reading = await Reading.open(stage, random, link, placeOf(options.queue), options.style)
    const untilMs = Date.now() + random.magnitude(3000, 60_000)
    await workUntil(stage, random, link, reading, untilMs, options.style)
    if (stage.isOver || link.isLost) break
    if (options.style === 'vanishing') {
      await reading.abandon()
      link = await stage.open()
    } else await reading.close()
  }
  await link.closed
}

async function workUntil(
  stage: SoakStage,
  random: Random,
  link: Link,
  reading: Reading,
  untilMs: number,
  style: Style,
): Promise<void> {
  while (!stage.isOver && !link.isLost && Date.now() < untilMs) {
    if (style === 'getting') await reading.getSome(random.between(1, 40))
    if (style === 'slow' && stage.isBusy) await doze(stage, random, link)
    const restMs = style === 'getting' ? random.between(50, 1500) : 300
    await stage.pause(stage.isBusy ? restMs : DRAINING_MS)
    await reading.settleRest()
  }
}

/** Reads nothing for a while: what is sent to it stays at the broker. */
async function doze(stage: SoakStage, random: Random, link: Link): Promise<void> {
  if (!random.chance(0.03)) return
  link.deafen()
  await stage.rest(random.between(500, 6000))
  link.listen()
}
