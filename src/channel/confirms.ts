/**
 * Publishes in confirm mode that the publisher has not heard of. Sequence numbers and tickets both only grow, so
 * what waits is a list of runs; one basic.ack with `multiple` answers all runs that are safe.
 *
 *     run       … 40   41 … 900   901 … 902   903        last sequence number of each run
 *     ticket       7          8    refused      8        nothing to wait for counts as the ticket before it
 *
 * Answers leave once per turn, in order: an ack up to a refused run, its nacks, and so on.
 */
import { MethodId } from '../amqp/methods'
import type { CommitTicket } from '../store/message-store'
import { Ring } from '../structures/ring'
import type { Peer } from './peer'

interface Run {
  readonly ticket: CommitTicket
  readonly refused: boolean
  lastSequence: number
}

export class Confirms {
  /** How many were entered. */
  published = 0
  /** Not those that were refused. */
  confirmed = 0
  private answered = 0
  private readonly runs = new Ring<Run>()
  private newest: Run | undefined

  constructor(
    private readonly channel: number,
    private readonly peer: Peer,
  ) {}

  /** Publishes that wait for their answer. */
  get unconfirmed(): number {
    return this.published - this.answered
  }

  /** Enters the next publish. */
  add(ticket: CommitTicket, refused = false): void {
    this.published++
    const newest = this.newest
    if (newest !== undefined && newest.refused === refused && ticket <= newest.ticket) {
      newest.lastSequence = this.published
      return
    }
    const run = { ticket: Math.max(ticket, newest?.ticket ?? 0), refused, lastSequence: this.published }
    this.runs.push(run)
    this.newest = run
  }

  /** Answers everything that `committed` made safe. */
  answer(committed: CommitTicket): void {
    let acked = 0
    for (let run = this.runs.peek(); run !== undefined && run.ticket <= committed; run = this.runs.peek()) {
      this.runs.shift()
      if (run.refused) {
        this.ack(acked)
        acked = 0
        this.nack(run.lastSequence)
      } else acked = run.lastSequence
    }
    this.ack(acked)
    if (this.runs.length === 0) this.newest = undefined
  }

  private ack(upTo: number): void {
    if (upTo === 0) return
    this.peer.confirm(this.channel, MethodId.basicAck, upTo, upTo - this.answered > 1)
    this.confirmed += upTo - this.answered
    this.answered = upTo
  }

  private nack(upTo: number): void {
    this.peer.confirm(this.channel, MethodId.basicNack, upTo, upTo - this.answered > 1)
    this.answered = upTo
  }
}
