/** Publishes and acknowledges in transactions, some of which it rolls back. */
import type { TransactionRecord } from '../copy'
import type { Publication } from '../ledger'
import type { LinkChannel } from '../link'
import { bodyOf, propertiesOf, someSize } from '../message'
import { BULK_QUEUES, DOOMED, ROUTES, type Route, TO_DOOMED } from '../places'
import { Reader } from '../queue-ledger'
import type { Random } from '../random'
import type { Stage } from '../stage'
import { type Got, getSome } from './getter'

interface HeldPublish {
  readonly id: number
  readonly route: Route
  readonly message: { readonly persistent: boolean; readonly bytes: number }
}

export async function transactor(stage: Stage, random: Random, name: string): Promise<void> {
  const link = await stage.open()
  const channel = await link.openChannel()
  await channel.call('tx.select')
  const queue = random.pick(BULK_QUEUES)
  const reader = new Reader()
  let held: Got[] = []
  while (!stage.isOver) {
    held.push(...(await getSome(stage, channel, queue, reader, random.between(0, 6))))
    if (stage.isOver) return
    const acknowledged = held.slice(0, random.between(0, held.length))
    const last = acknowledged.at(-1)
    if (last !== undefined) channel.send('basic.ack', { deliveryTag: last.tag, multiple: true })
    const published: HeldPublish[] = []
    for (let count = random.between(0, 12); count > 0; count--)
      published.push(publish(stage, random, channel))
    if (random.chance(0.15)) await channel.call('tx.rollback')
    else {
      held = held.slice(acknowledged.length)
      await commit(stage, channel, `tx ${name}`, published, { queue, acknowledged })
    }
    await stage.pause(random.between(0, 10))
  }
}

function publish(stage: Stage, random: Random, channel: LinkChannel): HeldPublish {
  const route = random.pick([...ROUTES, TO_DOOMED])
  const message = { persistent: !random.chance(0.1), bytes: someSize(random) }
  const id = stage.ledger.hold(route.queues)
  channel.publish(
    route.exchange,
    route.routingKey,
    bodyOf(id, message.bytes),
    propertiesOf(id, message.persistent, route.headers),
  )
  return { id, route, message }
}

async function commit(
  stage: Stage,
  channel: LinkChannel,
  stream: string,
  held: readonly HeldPublish[],
  settlements: { readonly queue: string; readonly acknowledged: readonly Got[] },
): Promise<void> {
  const { ledger } = stage
  const transaction: TransactionRecord = { isAnswered: false }
  const publications = held.map(({ id, route, message }) =>
    ledger.enter(id, stream, route.queues, message, transaction),
  )
  mayMissDoomed(held, publications)
  const settled = settlements.acknowledged.map(({ copy }) => copy)
  for (const copy of settled) ledger.queue(settlements.queue).settled(copy, ledger.life)
  ledger.figures.commits++
  await channel.call('tx.commit')
  transaction.isAnswered = true
  for (const publication of publications) ledger.confirmed(publication)
  ledger.settledSafely(settled)
  ledger.figures.commitsAnswered++
  stage.answered()
}

/** Routed when it was published, to a queue that may have been deleted since, whatever there is under its name now. */
function mayMissDoomed(held: readonly HeldPublish[], publications: readonly Publication[]): void {
  for (const [index, { route }] of held.entries()) {
    if (!route.queues.includes(DOOMED)) continue
    for (const copy of publications[index]!.copies) copy.mayBeDropped = true
  }
}
