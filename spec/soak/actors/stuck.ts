/** Consumes, stops reading for good while more comes, and is cut off in the end: nobody else may notice. */
import type { Random } from '../../crash/random'
import type { SoakStage } from '../soak-stage'

export async function stuck(stage: SoakStage, random: Random): Promise<void> {
  while (stage.isBusy) {
    const link = await stage.open()
    const channel = await link.openChannel()
    const { queue } = await channel.call('queue.declare', {
      queue: '',
      exclusive: true,
      arguments: { 'x-max-length': 500 },
    })
    await channel.call('queue.bind', { queue, exchange: 'soak.fan' })
    await channel.call('queue.bind', { queue, exchange: 'soak.news', routingKey: '#' })
    await channel.call('basic.consume', { queue, noAck: random.chance(0.5) })
    link.deafen()
    await stage.rest(random.between(10_000, 60_000))
    link.listen()
    link.destroy()
  }
}
