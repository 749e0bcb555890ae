/**
 * A broker without sockets and without time: clients are connected by transport pairs, turns end when `settle` says so,
 * the clock stands still. Everything happens inside the calls of the spec, in the same order every time.
 *
 *      const broker = inProcessBroker()
 *      const client = broker.connect().open().openChannel()
 *      client.send('queue.declare', { queue: 'q' }, 1)
 *      broker.settle()
 *      client.take('queue.declare-ok', 1)
 */
import type { Duplex } from 'node:stream'
import type { CompatVersion } from '../../src/broker/compat'
import type { ConnectionLimits } from '../../src/server/settings'
import { type ComposedBroker, composeBroker } from './composed-broker'
import { BareClient, InProcessClient, streamOn } from './in-process-clients'
import { ManualTurn } from './manual-turn'
import { Network } from './transport-pair'

/** Rounds after which a broker that still has something to do counts as one that never rests. */
const ROUNDS_MAX = 100_000

export interface InProcessBroker extends ComposedBroker {
  /** A client that sends what it is told and takes no interest in methods. */
  connectBare(): BareClient
  connect(): InProcessClient
  /** For clients that want a stream. Nothing moves on it but by `settle` and `during`. */
  stream(): Duplex
  /** Turns, and news of the network, until there are none. */
  settle(): void
  /** Settles again and again while something asynchronous goes on. */
  during<T>(going: Promise<T>): Promise<T>
}

export function inProcessBroker(limits?: Partial<ConnectionLimits>, compat?: CompatVersion): InProcessBroker {
  const turn = new ManualTurn()
  const network = new Network()
  const composed = composeBroker(turn, limits, compat)

  function connected() {
    const [client, server] = network.pair()
    composed.connections.accept(server)
    return client
  }

  function settle(): void {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const hadNews = network.tell()
      if (!turn.run() && !hadNews && !network.hasNews) return // a turn may read on, and so make news
    }
    throw new Error(`the broker was not at rest after ${ROUNDS_MAX} turns`)
  }

  async function during<T>(going: Promise<T>): Promise<T> {
    let isOver = false
    const over = () => {
      isOver = true
    }
    going.then(over, over)
    while (!isOver) {
      settle()
      await new Promise(resolve => setImmediate(resolve))
    }
    return going
  }

  return {
    ...composed,
    connectBare: () => new BareClient(connected(), settle),
    connect: () => new InProcessClient(connected(), settle),
    stream: () => streamOn(connected()),
    settle,
    during,
  }
}
