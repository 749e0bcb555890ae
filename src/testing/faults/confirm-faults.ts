/** Confirms that do not come as they should: publishes that are refused though the broker took them, or answered late. */
import { ChannelClose, ChannelCloseOk, ConfirmSelectOk, MethodId } from '../../amqp/methods'
import type { Clock } from '../../clock'
import type { OutboundPeer } from '../../server/outbound-peer'
import { Fault, type FaultOptions } from './fault'

/** The answer to one publish. */
export interface DueConfirm {
  /** They are counted from 1 in the order in which they came. */
  readonly connection: number
  readonly channel: number
  /** The publish: they are counted from 1 on each channel. */
  readonly sequence: number
}

interface ConfirmFault {
  readonly fault: Fault<DueConfirm>
  /** Milliseconds; undefined: it is a basic.nack. */
  readonly delayMs: number | undefined
}

type Confirm = OutboundPeer['confirm']

export class ConfirmFaults {
  private faults: ConfirmFault[] = []
  private peersSeen = 0

  constructor(private readonly clock: Clock) {}

  add(options: FaultOptions<DueConfirm>, delayMs: number | undefined): Fault<DueConfirm> {
    const fault = new Fault(options, () => {
      this.faults = this.faults.filter(other => other.fault !== fault)
    })
    this.faults.push({ fault, delayMs })
    return fault
  }

  clear(): void {
    for (const { fault } of this.faults) fault.end()
  }

  /** Its confirms go through here from now on. */
  watch(peer: OutboundPeer): void {
    const answered = new Map<number, number>()
    const connection = ++this.peersSeen
    let isOver = false
    const confirm: Confirm = peer.confirm.bind(peer)
    const send = peer.send.bind(peer)
    const forgetReplies = peer.forgetReplies.bind(peer)
    peer.send = (channel, method) => {
      if (
        method instanceof ChannelClose ||
        method instanceof ChannelCloseOk ||
        method instanceof ConfirmSelectOk
      )
        answered.delete(channel)
      send(channel, method)
    }
    peer.forgetReplies = () => {
      isOver = true
      forgetReplies()
    }
    peer.confirm = (channel, methodId, upTo, multiple) => {
      const first = (answered.get(channel) ?? 0) + 1
      answered.set(channel, upTo)
      if (this.faults.length === 0 || methodId !== MethodId.basicAck) {
        confirm(channel, methodId, upTo, multiple)
        return
      }
      for (let sequence = first; sequence <= upTo; sequence++)
        this.answer({ connection, channel, sequence }, (...answer) => isOver || confirm(...answer))
    }
  }

  /** One by one: any of them may be struck. */
  private answer(due: DueConfirm, confirm: (...answer: Parameters<Confirm>) => void): void {
    const { channel, sequence } = due
    const striking = this.faults.find(({ fault }) => fault.strikes(due))
    if (striking === undefined) confirm(channel, MethodId.basicAck, sequence, false)
    else if (striking.delayMs === undefined) confirm(channel, MethodId.basicNack, sequence, false)
    else this.clock.after(striking.delayMs, () => confirm(channel, MethodId.basicAck, sequence, false))
  }
}
