/** Comes, does something with queues and bindings of its own, and leaves in some manner; again and again. */
import { connect } from 'node:net'
import type { Link } from '../../crash/link'
import type { Random } from '../../crash/random'
import type { SoakStage } from '../soak-stage'

const LEAVINGS = ['before a word', 'in the handshake', 'properly', 'properly', 'cut', 'cut'] as const
const HEADER = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')

export async function visitor(stage: SoakStage, random: Random): Promise<void> {
  while (stage.isBusy) {
    await stage.rest(random.between(100, 1500))
    if (!stage.isBusy) return
    const leaving = random.pick(LEAVINGS)
    stage.ledger.figures.visits++
    if (leaving === 'before a word' || leaving === 'in the handshake')
      await knock(stage, random, leaving === 'in the handshake' ? HEADER : undefined)
    else {
      const link = await stage.open()
      await visit(stage, random, link)
      if (leaving === 'cut') link.destroy()
      else await link.close()
    }
  }
}

async function visit(stage: SoakStage, random: Random, link: Link): Promise<void> {
  for (let count = random.between(1, 4); count > 0; count--) {
    const channel = await link.openChannel()
    const queue = `visit-${random.between(0, 1e9)}`
    const isExclusive = random.chance(0.5)
    await channel.call('queue.declare', {
      queue,
      exclusive: isExclusive,
      autoDelete: true,
      durable: random.chance(0.3),
      arguments: isExclusive ? {} : { 'x-expires': 20_000 },
    })
    const routingKey = `visit.${queue}.#`
    await channel.call('queue.bind', { queue, exchange: 'amq.topic', routingKey })
    for (let sent = 0; sent < 5; sent++)
      channel.publish('amq.topic', `visit.${queue}.${sent}`, Buffer.from('visit'), {})
    channel.publish('amq.topic', `nobody.${queue}`, Buffer.from('visit'), {}) // unroutable
    if (random.chance(0.7)) await channel.call('basic.consume', { queue, noAck: random.chance(0.5) })
    if (random.chance(0.3)) await channel.call('queue.unbind', { queue, exchange: 'amq.topic', routingKey })
    if (random.chance(0.3)) await channel.call('queue.delete', { queue })
    if (random.chance(0.5)) await channel.call('channel.close')
  }
  await stage.rest(random.between(0, 500))
}

/** Connects, says the first words or none, and is gone. */
async function knock(stage: SoakStage, random: Random, words: Buffer | undefined): Promise<void> {
  const { port, hostname } = new URL(stage.url)
  const socket = connect(Number(port), hostname).on('error', () => {})
  socket.resume()
  if (words !== undefined) socket.write(words)
  await stage.rest(random.between(0, 300))
  socket.resetAndDestroy()
}
