/** Requests and replies by direct reply-to, between two connections. */
import type { Arrival } from '../../../conformance/support/inbox'
import type { LinkChannel } from '../../crash/link'
import type { Random } from '../../crash/random'
import { Gate } from '../../crash/stage'
import type { SoakStage } from '../soak-stage'

const REPLY_TO = 'amq.rabbitmq.reply-to'

export async function asker(stage: SoakStage, random: Random): Promise<void> {
  const queue = await answerer(stage)
  while (stage.isBusy) {
    const link = await stage.open()
    const gate = new Gate(link)
    let answer = ''
    const channel = await link.openChannel(({ content }) => {
      answer = content?.body.toString() ?? 'nothing'
      gate.knock()
    })
    await channel.call('basic.consume', { queue: REPLY_TO, noAck: true })
    for (let count = random.between(1, 20); count > 0 && stage.isBusy; count--) {
      const question = `${random.between(0, 1e9)}`
      answer = ''
      channel.publish('', queue, Buffer.from(question), { replyTo: REPLY_TO })
      await gate.until(() => answer !== '')
      if (answer !== `re: ${question}`) stage.ledger.complain(`asked ${question}, was answered ${answer}`)
      stage.ledger.figures.replies++
      await stage.rest(random.between(100, 1000))
    }
    await link.close()
  }
}

/** Returns the queue where it takes questions. */
async function answerer(stage: SoakStage): Promise<string> {
  const link = await stage.open()
  const channel: LinkChannel = await link.openChannel((arrival: Arrival) => {
    const { content } = arrival
    const replyTo = content?.properties.replyTo
    if (content === undefined || replyTo === undefined) stage.ledger.complain(`asked with ${arrival.name}`)
    else channel.publish('', replyTo, Buffer.from(`re: ${content.body.toString()}`), {})
  })
  const { queue } = await channel.call('queue.declare', { queue: '', exclusive: true })
  await channel.call('basic.consume', { queue, noAck: true })
  return queue
}
