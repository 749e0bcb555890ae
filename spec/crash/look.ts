/** The whole content of a queue, in its order, taken out by one client while no other is there. */
import type { Arrival } from '../../conformance/support/inbox'
import { ChannelClosed, type Link, type LinkChannel } from './link'
import { idOf } from './message'
import type { Found } from './queue-ledger'
import type { Random } from './random'
import { Gate } from './stage'

const NOT_FOUND = 404

/** How many messages wait in a queue; undefined: there is no such queue. */
export async function messageCountOf(link: Link, queue: string): Promise<number | undefined> {
  const channel = await link.openChannel()
  const count = await channel.call('queue.declare', { queue, passive: true }).then(
    ({ messageCount }) => messageCount,
    error => whenMissing(error),
  )
  if (count !== undefined) await channel.call('channel.close')
  return count
}

export async function exchangeExists(link: Link, exchange: string): Promise<boolean> {
  const channel = await link.openChannel()
  const answer = await channel.call('exchange.declare', { exchange, type: 'direct', passive: true }).then(
    () => true,
    error => whenMissing(error),
  )
  if (answer === true) await channel.call('channel.close')
  return answer === true
}

/** @throws Error when the queue holds more or less than it said */
export async function takeAll(
  channel: LinkChannel,
  queue: string,
  count: number,
  random: Random,
): Promise<Found[]> {
  const found: Found[] = []
  if (random.chance(0.3)) await getAll(channel, queue, found)
  else await consumeAll(channel, queue, count, found)
  if (found.length === count) return found
  throw new Error(`${queue} said that it has ${count} messages, and gave ${found.length}`)
}

async function getAll(channel: LinkChannel, queue: string, found: Found[]): Promise<void> {
  for (let got = await channel.get(queue); got !== undefined; got = await channel.get(queue)) take(got, found)
}

async function consumeAll(channel: LinkChannel, queue: string, count: number, found: Found[]): Promise<void> {
  const gate = new Gate(channel.link)
  channel.onUnasked = arrival => {
    take(arrival, found)
    gate.knock()
  }
  await channel.call('basic.consume', { queue })
  await gate.until(() => found.length >= count)
  await getAll(channel, queue, found) // finds nothing, and comes after all that there is to deliver
}

function take(arrival: Arrival, found: Found[]): void {
  const { fields, content } = arrival
  if (content === undefined || !('redelivered' in fields)) return
  found.push({ id: idOf(content), body: content.body, redelivered: fields.redelivered })
}

function whenMissing(error: unknown): undefined {
  if (error instanceof ChannelClosed && error.fields.replyCode === NOT_FOUND) return undefined
  throw error
}
