/** Publishes to where the routes lead: messages of all sizes, some transient, with a window of confirms or without any. */
import { Confirms } from '../confirms'
import type { Publication } from '../ledger'
import type { LinkChannel } from '../link'
import { bodyOf, propertiesOf, someSize } from '../message'
import type { Route } from '../places'
import type { MessagePlan } from '../plan'
import type { Random } from '../random'
import type { Stage } from '../stage'

/** Publishers wait while a queue has more than this. */
const BACKLOG_MAX = 3000
/** More than the largest number of small messages that a broker keeps together. */
const SMALL_BACKLOG_MAX = 15_000
const SMALL_BYTES_MAX = 40

export interface PublisherOptions {
  readonly name: string
  /** Unconfirmed publishes at most; 0: without confirms. */
  readonly window: number
  readonly routes: readonly Route[]
  readonly messages: MessagePlan
}

export async function publisher(stage: Stage, random: Random, options: PublisherOptions): Promise<void> {
  const { messages, routes, window } = options
  const link = await stage.open()
  const channel = await link.openChannel(arrival => confirms.take(arrival))
  const confirms = new Confirms<Publication>(stage, channel, publication =>
    stage.ledger.confirmed(publication),
  )
  if (window > 0) await channel.call('confirm.select')
  const burstMax = window > 0 ? window : messages.areSmall ? 400 : 40
  while (!stage.isOver) {
    const route = random.pick(routes)
    const burst = random.between(1, burstMax)
    if (isFull(stage, route, messages)) await stage.pause(5)
    else {
      link.together(() => {
        for (let count = 0; count < burst; count++) {
          const publication = publish(stage, random, channel, route, options)
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

function isFull(stage: Stage, { queues }: Route, { areSmall }: MessagePlan): boolean {
  const backlogMax = areSmall ? SMALL_BACKLOG_MAX : BACKLOG_MAX
  return queues.some(queue => stage.ledger.queue(queue).backlog > backlogMax)
}

function publish(
  stage: Stage,
  random: Random,
  channel: LinkChannel,
  { exchange, routingKey, queues, headers }: Route,
  { name, messages }: PublisherOptions,
): Publication {
  const persistent = !random.chance(messages.transientShare)
  const bytes = messages.areSmall ? random.between(0, SMALL_BYTES_MAX) : someSize(random)
  const publication = stage.ledger.publish(name, queues, { persistent, bytes })
  const { id } = publication
  channel.publish(exchange, routingKey, bodyOf(id, bytes), propertiesOf(id, persistent, headers))
  return publication
}
