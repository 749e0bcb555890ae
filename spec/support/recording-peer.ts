/** A peer that is always ready and remembers what it was sent, in words. */
import { MethodId } from '../../src/amqp/methods'
import type { Peer } from '../../src/channel/peer'

export class RecordingPeer implements Pick<Peer, 'confirm'> {
  /** `ack 3`, `ack ..5` with `multiple`, and the like. */
  readonly confirms: string[] = []
  /** The channels they were sent on. */
  readonly channels = new Set<number>()

  confirm(channel: number, methodId: number, deliveryTag: number, multiple: boolean): void {
    this.channels.add(channel)
    this.confirms.push(`${nameOf(methodId)} ${multiple ? '..' : ''}${deliveryTag}`)
  }

  /** What was sent since the last call. */
  takeConfirms(): string[] {
    return this.confirms.splice(0)
  }
}

function nameOf(methodId: number): string {
  if (methodId === MethodId.basicAck) return 'ack'
  if (methodId === MethodId.basicNack) return 'nack'
  throw new Error(`${methodId} is no confirm`)
}
