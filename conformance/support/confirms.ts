/** Publishing in confirm mode, one by one. */
import type { WireChannel } from './wire-channel'

/** Publishes these bodies to a queue; returns `ack` or `nack` for each. */
export async function publishConfirmed(channel: WireChannel, routingKey: string, bodies: string[]) {
  const answers: string[] = []
  for (const body of bodies) {
    channel.publish({ routingKey }, body)
    answers.push((await channel.confirmation()).answer)
  }
  return answers
}
