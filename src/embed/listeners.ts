/** Everything a broker listens on for AMQP, as its options say; all of it, or nothing. */
import type { Clock } from '../clock'
import { OptionError } from '../config/load'
import type { OptionKey, ResolvedOptions } from '../config/options'
import type { Logger } from '../logger'
import { CertificateWatch } from '../server/certificate-watch'
import type { Accept } from '../server/gate'
import { Listener, type ListenerProtocol } from '../server/listener'
import { type ProxySettings, parseNetworks } from '../server/proxy-gate'
import { TlsCertificate } from '../server/tls-certificate'

export interface ListenerDescription {
  readonly protocol: ListenerProtocol | 'http' | 'https' | 'http/prometheus'
  /** Of a unix socket, its path. */
  readonly host: string
  /** Of a unix socket, 0. */
  readonly port: number
}

export interface Listeners {
  /** The plain port, if there is one, first, TLS next. */
  readonly all: readonly ListenerDescription[]
  /** For whatever else speaks TLS. */
  readonly certificate: TlsCertificate | undefined
  /** Resolves when the last connection is gone. */
  close(): Promise<void>
}

export interface Surroundings {
  readonly options: ResolvedOptions
  readonly clock: Clock
  readonly logger: Logger
}

export type OpenListeners = (surroundings: Surroundings, accept: Accept) => Promise<Listeners>

/** @throws OptionError, UnusableCertificate, UnusableSocket, what listening throws, with the `option` that chooses another place */
export async function openListeners(surroundings: Surroundings, accept: Accept): Promise<Listeners> {
  const { options, clock, logger } = surroundings
  const certificate = certificateOf(options, logger)
  checkReachable(options)
  const proxies = proxiesOf(surroundings)
  const open: Listener[] = []
  try {
    const { host, port } = options
    if (port !== false) open.push(await asked('port', Listener.open({ host, port }, accept, { proxies })))
    if (certificate !== undefined) {
      const address = { host, port: options.tlsPort }
      const { tlsVerify: verify, tlsHandshakeTimeout: handshakeTimeout, handshakesMax } = options
      const tls = { certificate, verify, handshakeTimeout, handshakesMax, logger }
      open.push(await asked('tlsPort', Listener.open(address, accept, { tls, proxies })))
    }
    if (options.socket !== undefined) open.push(await Listener.openUnix(options.socket, accept))
    const watch = certificate && new CertificateWatch(certificate, clock)
    const close = async (): Promise<void> => {
      watch?.close()
      await closeAll(open)
    }
    return { all: open.map(described), certificate, close }
  } catch (error) {
    await closeAll(open)
    throw error
  }
}

/** A broker that nobody can connect to is a mistake. The management is one way in: AMQP over WebSocket. */
function checkReachable({ port, tlsCert, socket, management }: ResolvedOptions): void {
  if (port !== false || tlsCert !== undefined || socket !== undefined || management) return
  throw new OptionError(
    'option "port" is false, and there is no other way in: give tlsCert, socket or management',
    'port',
  )
}

function proxiesOf({ options, clock, logger }: Surroundings): ProxySettings | undefined {
  const { proxyProtocol, handshakeTimeout } = options
  if (proxyProtocol === undefined) return undefined
  try {
    return { trusted: parseNetworks(proxyProtocol), handshakeTimeout, clock, logger }
  } catch (cause) {
    throw new OptionError(`option "proxyProtocol": ${(cause as Error).message}`, 'proxyProtocol')
  }
}

function certificateOf(options: ResolvedOptions, logger: Logger): TlsCertificate | undefined {
  const { tlsCert } = options
  if (tlsCert === undefined) {
    const needing = (['tlsKey', 'tlsKeyPassword', 'tlsCa'] as const).find(key => options[key] !== undefined)
    const other = options.managementTls ? 'managementTls' : needing
    if (other !== undefined)
      throw new OptionError(`option "${other}" needs a certificate: give tlsCert`, other)
    return undefined
  }
  if (options.tlsVerify !== 'none' && options.tlsCa === undefined) {
    throw new OptionError(
      `option "tlsVerify" is ${options.tlsVerify}: give in tlsCa whose certificates are to be believed`,
      'tlsVerify',
    )
  }
  return new TlsCertificate({ ...options, tlsCert }, logger)
}

/** An error of listening tells which option would choose another place. */
export async function asked<T>(option: OptionKey, opening: Promise<T>): Promise<T> {
  try {
    return await opening
  } catch (error) {
    throw Object.assign(error as Error, { option })
  }
}

function described({ protocol, host, port }: Listener): ListenerDescription {
  return { protocol, host, port }
}

async function closeAll(listeners: readonly Listener[]): Promise<void> {
  await Promise.all(listeners.map(listener => listener.close()))
}
