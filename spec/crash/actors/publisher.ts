/** Publishes to where the routes lead: messages of all sizes, some transient, with a window of confirms or without any. */
import { Confirms } from '../confirms'
import type { Publication } from '../ledger'
import type { LinkChannel } from '../link'
import { bodyOf, propertiesOf, someSize } from '../message'
import type { Route } from '../places'
import type { Random } from '../random'
import type { Stage } from '../stage'

/** Publishers wait while a queue has more than this. */
const BACKLOG_MAX = 3000
const TRANSIENT_SHARE = 0.15

export interface PublisherOptions {
  readonly name: string
  /** Unconfirmed publishes at most; 0: without confirms. */
  readonly window: number
  readonly routes: readonly Route[]
}

export async function publisher(stage: Stage, random: Random, options: PublisherOptions): Promise<void> {
  const { window } = options
  const link = await stage.open()
  const channel = await link.openChannel(arrival => confirms.take(arrival))
  const confirms = new Confirms<Publication>(stage, channel, publication =>
    stage.ledger.confirmed(publication),
  )
  if (window > 0) await channel.call('confirm.select')
  while (!stage.isOver) {
    const route = random.pick(options.routes)
    const burst = random.between(1, window > 0 ? window : 40)
    if (isFull(stage, route)) await stage.pause(5)
    else {
      link.together(() => {
        for (let count = 0; count < burst; count++) {
          const publication = publish(stage, random, channel, options.name, route)
          if (window > 0) confirms.add(publication)
        }
      })
    }
    if (window > 0) await confirms.below(random.chance(0.8) ? Math.max(1, window / 2) : 1)
    else await link.drained()
    await stage.pause(window > 0 && random.chance(0.7) ? 0 : random.between(0, 20))
  }
  await confirms.below(1)
}

function isFull(stage: Stage, { queues }: Route): boolean {
  return queues.some(queue => stage.ledger.queue(queue).backlog > BACKLOG_MAX)
}

function publish(
  stage: Stage,
  random: Random,
  channel: LinkChannel,
  stream: string,
  route: Route,
): Publication {
  const message = { persistent: !random.chance(TRANSIENT_SHARE), bytes: someSize(random) }
  const publication = stage.ledger.publish(stream, route.queues, message)
  const { id, bytes, persistent } = publication
  channel.publish(
    route.exchange,
    route.routingKey,
    bodyOf(id, bytes),
    propertiesOf(id, persistent, route.headers),
  )
  return publication
}
