/**
 * A channel beside those of the program, on which its connection is asked whether it is done, and for queues. It asks
 * passively, which changes nothing but the time of x-expires.
 */
import type { Arrival } from '../support/inbox'
import type { Link } from './link'

/** Above those that programs use. */
export const PROBE_CHANNEL = 900

export type QueueState = 'gone' | 'locked' | `${number} messages, ${number} consumers` | 'no answer'

export class Probe {
  private isOpen = false
  private heardSync = ''
  private syncs = 0
  private readonly answers: QueueState[] = []

  constructor(private readonly link: Link) {}

  heard({ name, fields }: Arrival): void {
    if (name === 'channel.open-ok') this.isOpen = true
    if (name === 'basic.cancel-ok') this.heardSync = fields.consumerTag
    if (name === 'queue.declare-ok')
      this.answers.push(`${fields.messageCount} messages, ${fields.consumerCount} consumers`)
    if (name !== 'channel.close') return
    this.isOpen = false
    this.answers.push(fields.replyCode === 405 ? 'locked' : 'gone')
  }

  /** What was sent before is done with by the connection, or it is gone. */
  async sync(): Promise<void> {
    await this.open()
    const consumerTag = `sync-${++this.syncs}`
    this.link.send(PROBE_CHANNEL, 'basic.cancel', { consumerTag })
    await this.link.until(() => this.heardSync === consumerTag || !this.isOpen || !this.link.isOpen)
  }

  /** How each queue is. A mistake closes the channel, so what was asked behind it is asked again. */
  async queues(names: readonly string[]): Promise<Map<string, QueueState>> {
    const states = new Map<string, QueueState>()
    while (states.size < names.length && this.link.isOpen) {
      await this.open()
      const rest = names.slice(states.size)
      this.answers.length = 0
      for (const queue of rest) this.link.send(PROBE_CHANNEL, 'queue.declare', { queue, passive: true })
      await this.link.until(() => this.answers.length === rest.length || !this.isOpen || !this.link.isOpen)
      if (this.answers.length === 0) break
      for (const [index, answer] of this.answers.entries()) states.set(rest[index] ?? '', answer)
    }
    for (const name of names) if (!states.has(name)) states.set(name, 'no answer')
    return states
  }

  /** Deletes what programs left. What belongs to the broker stays. */
  async clear(queues: readonly string[], exchanges: readonly string[]): Promise<void> {
    await this.open()
    for (const queue of queues) this.link.send(PROBE_CHANNEL, 'queue.delete', { queue })
    for (const exchange of exchanges)
      if (exchange !== '' && !exchange.startsWith('amq.'))
        this.link.send(PROBE_CHANNEL, 'exchange.delete', { exchange })
    await this.sync()
    if (!this.isOpen) throw new Error(`could not delete ${queues.join(', ')}, ${exchanges.join(', ')}`)
  }

  private async open(): Promise<void> {
    if (this.isOpen || !this.link.isOpen) return
    this.link.send(PROBE_CHANNEL, 'channel.open')
    await this.link.until(() => this.isOpen || !this.link.isOpen)
  }
}
