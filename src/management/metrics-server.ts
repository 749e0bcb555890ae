/**
 * The metrics on a port of their own. It asks for no login, so it is for those who can reach it; and where it listens on this
 * machine only, a page of another site in a browser of this machine is none of them.
 */
import fastify from 'fastify'
import type { Logger } from '../logger'
import type { Prometheus } from '../metrics/prometheus'
import { isLoopbackAddress } from '../server/transport'
import { type HttpAddress, HttpDoor, NO_COMPILERS } from './http-door'
import { metricsRoutes } from './metrics-routes'
import { mayBeThisMachine } from './origin'
import { Problem } from './problems'

/** Milliseconds. Nobody has much to say here. */
const REQUEST_TIMEOUT = 60_000

const UNKNOWN_NAME =
  'ask for an address, for localhost, or for the name of this machine: the metrics are for this machine only'

export interface MetricsSettings {
  /** 0: no limit. */
  readonly connectionsMax: number
  readonly logger: Logger
}

export interface MetricsServer {
  readonly port: number
  close(): Promise<void>
}

/** @throws what listening throws: EADDRINUSE, EACCES, … */
export async function openMetricsServer(
  prometheus: Prometheus,
  address: HttpAddress & MetricsSettings,
): Promise<MetricsServer> {
  const { connectionsMax, logger } = address
  const door = new HttpDoor({ connectionsMax, requestTimeout: REQUEST_TIMEOUT, logger })
  const app = fastify({
    serverFactory: door.serverFactory,
    schemaController: NO_COMPILERS,
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 1024,
  })
  metricsRoutes(app, prometheus, ({ headers }) => {
    const bound = app.server.address()
    const listensOn = bound !== null && typeof bound === 'object' ? bound.address : address.host
    if (!answers(listensOn, headers.host)) throw new Problem(403, 'forbidden', UNKNOWN_NAME)
  })
  const port = await door.listen(app, address)
  return { port, close: () => door.close(app) }
}

/** Whether there are metrics at an address for who asks by that name: on the network Prometheus may come by any. */
export function answers(listensOn: string, host: string | undefined): boolean {
  return host === undefined || !isLoopbackAddress(listensOn) || mayBeThisMachine(host)
}
