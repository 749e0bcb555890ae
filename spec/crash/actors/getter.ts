/** Fetches one message after the other with basic.get: acknowledges some, several at once or not, and returns the rest. */
import type { Copy } from '../copy'
import type { LinkChannel } from '../link'
import { idOf } from '../message'
import { Reader } from '../queue-ledger'
import type { Random } from '../random'
import type { Stage } from '../stage'
import { Ticker } from './ticker'

export interface Got {
  readonly tag: number
  readonly copy: Copy
}

export async function getter(stage: Stage, random: Random, name: string, queue: string): Promise<void> {
  const link = await stage.open()
  const ticker = await Ticker.open(stage, link, name)
  const channel = await link.openChannel()
  const reader = new Reader()
  while (!stage.isOver) {
    const got = await getSome(stage, channel, queue, reader, random.between(1, 12))
    if (link.isHushed) return
    settle(stage, random, channel, queue, got, ticker)
    if (random.chance(0.3)) ticker.tick()
    await stage.pause(got.length === 0 ? 10 : random.between(0, 3))
  }
  await ticker.done()
}

/** So many messages, or as many as there are. `book`: the queue whose messages they are counted as. */
export async function getSome(
  stage: Stage,
  channel: LinkChannel,
  queue: string,
  reader: Reader,
  count: number,
  book = queue,
): Promise<Got[]> {
  const { ledger } = stage
  const got: Got[] = []
  while (got.length < count && !stage.isOver) {
    const arrival = await channel.get(queue)
    if (arrival?.content === undefined) break
    const { deliveryTag: tag, redelivered } = arrival.fields
    const found = { id: idOf(arrival.content), body: arrival.content.body, redelivered }
    const copy = ledger.queue(book).delivered(found, ledger.life, reader)
    if (copy !== undefined) got.push({ tag, copy })
  }
  return got
}

/** Some are acknowledged, several at once or not, and the others come back. */
export function settle(
  stage: Stage,
  random: Random,
  channel: LinkChannel,
  queue: string,
  got: readonly Got[],
  ticker: Ticker,
): void {
  const { ledger } = stage
  const settled = random.between(0, got.length)
  const multiple = random.chance(0.4)
  for (const { copy } of got.slice(0, settled)) {
    ledger.queue(queue).settled(copy, ledger.life)
    ticker.settledOne(copy)
  }
  for (const { copy } of got.slice(settled)) ledger.queue(queue).returned(copy)
  const last = got[settled - 1]
  if (multiple && last !== undefined) channel.send('basic.ack', { deliveryTag: last.tag, multiple })
  else for (const { tag } of got.slice(0, settled)) channel.send('basic.ack', { deliveryTag: tag })
  const end = got.at(-1)
  if (end !== undefined && settled < got.length) {
    channel.send('basic.nack', { deliveryTag: end.tag, multiple: true, requeue: true })
  }
}
