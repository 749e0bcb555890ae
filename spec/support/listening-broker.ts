/** A composed broker behind a real port: real sockets and turns, but its clock stands still. */
import { Listener } from '../../src/server/listener'
import type { ConnectionLimits } from '../../src/server/settings'
import { SystemTurn } from '../../src/turn'
import { type ComposedBroker, composeBroker } from './composed-broker'

export interface ListeningBroker extends ComposedBroker {
  readonly url: string
  close(): Promise<void>
}

export async function listeningBroker(limits?: Partial<ConnectionLimits>): Promise<ListeningBroker> {
  const composed = composeBroker(new SystemTurn(), limits)
  const { connections, clock } = composed
  const listener = await Listener.open({ host: '127.0.0.1', port: 0 }, transport =>
    connections.accept(transport),
  )
  return {
    ...composed,
    url: `amqp://guest:guest@127.0.0.1:${listener.port}/`,
    async close() {
      const freed = listener.close()
      const gone = connections.close(clock)
      clock.advance(60_000)
      await gone
      await freed
    },
  }
}
