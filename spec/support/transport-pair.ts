/** The wires of a simulation: bytes are handed over in the call that writes them, news are told when the spec says so. */
import { type PairEnd, transportPair, type Wires } from '../../src/testing/in-process/transport-pair'

export type { PairEnd }

export class Network implements Wires {
  private news: (() => void)[] = []
  private ports = 40_000

  carry(run: () => void): void {
    run()
  }

  /** What happened on the wires and is to be told: run by whoever drives the simulation. */
  later(run: () => void): void {
    this.news.push(run)
  }

  get hasNews(): boolean {
    return this.news.length > 0
  }

  /** Returns whether there was anything to tell. */
  tell(): boolean {
    const { news } = this
    this.news = []
    for (const run of news) run()
    return news.length > 0
  }

  /** The client's and the server's end of a new connection. */
  pair(): [PairEnd, PairEnd] {
    return transportPair(this, this.ports++)
  }
}
