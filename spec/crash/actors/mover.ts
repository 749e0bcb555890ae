/** Has messages moved to and fro inside the broker, and takes some from wherever they are at the moment. */
import { MOVED, MOVING } from '../places'
import { Reader } from '../queue-ledger'
import type { Random } from '../random'
import type { Stage } from '../stage'
import { getSome, settle } from './getter'
import { Ticker } from './ticker'

export async function mover(stage: Stage, random: Random): Promise<void> {
  stage.ledger.queue(MOVED[0]).isMoved = true
  const link = await stage.open()
  const ticker = await Ticker.open(stage, link, 'mover')
  const channel = await link.openChannel()
  const isTaking = random.chance(0.7)
  // It goes with the connection, and the moving ends.
  await channel.call('queue.declare', { queue: MOVING, exclusive: true })
  while (!stage.isOver) {
    await stage.pause(random.between(1, 20))
    if (stage.isOver || !isTaking) continue
    const got = await getSome(
      stage,
      channel,
      random.pick(MOVED),
      new Reader(),
      random.between(1, 30),
      MOVED[0],
    )
    if (link.isHushed) return
    settle(stage, random, channel, MOVED[0], got, ticker)
    if (random.chance(0.3)) ticker.tick()
  }
  await ticker.done()
}
