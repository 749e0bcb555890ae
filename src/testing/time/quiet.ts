/**
 * Whether anything still happens between a broker and the clients in its process.
 *
 * A client that leaves Nagle's algorithm on, as amqplib does, writes one small frame and keeps the next until the kernel has
 * acknowledged the first, for which that takes up to 40 ms: unless there is something to send back. So whoever was
 * heard is sent a heartbeat, which may come at any time and says nothing.
 */
import type { Connection } from '../../server/connection'
import type { Connections } from '../../server/connections'
import type { CountedTurn } from './counted-turn'

/** Some clients answer heartbeats (@cloudamqp/amqp-client), which must not go on for ever. */
const ROUNDS_MAX = 4

export class Quiet {
  connections: Connections | undefined
  private readonly heard = new WeakMap<Connection, number>()

  constructor(private readonly turn: CountedTurn) {}

  /**
   * Ends when nothing happens any more: what is in this process and answers at once has done so. Also when that never ends.
   */
  async comes(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      if (!(await this.turn.idle()) || !this.coax()) return
    }
    await this.turn.idle()
  }

  /** Returns whether there was anybody to be coaxed. */
  private coax(): boolean {
    let coaxed = false
    for (const connection of this.connections ?? []) {
      const { bytesReceived } = connection
      if (connection.state !== 'open' || this.heard.get(connection) === bytesReceived) continue
      this.heard.set(connection, bytesReceived)
      connection.sendHeartbeat()
      coaxed = true
    }
    return coaxed
  }
}
