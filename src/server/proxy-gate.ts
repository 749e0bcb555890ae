/**
 * Connections of trusted proxies: each must begin with a PROXY header, which is read off before anybody else sees the
 * socket. All others pass as they are, and what they say of themselves is not believed.
 */
import { BlockList, isIP, type Socket } from 'node:net'
import type { Clock } from '../clock'
import type { Logger } from '../logger'
import type { Gate } from './gate'
import { ProxyHeaderReader } from './proxy-header'

export interface ProxySettings {
  readonly trusted: BlockList
  /** Milliseconds. */
  readonly handshakeTimeout: number
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * `10.0.0.7,192.168.0.0/16,::1`
 * @throws RangeError
 */
export function parseNetworks(text: string): BlockList {
  const networks = new BlockList()
  for (const network of text.split(',').map(part => part.trim())) {
    const [address = '', length, ...more] = network.split('/')
    const version = isIP(address)
    const bits = version === 4 ? 32 : 128
    const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits)
    if (version === 0 || address.includes('%') || !isLength || more.length > 0) {
      throw new RangeError(`${JSON.stringify(network)} is no address and no network`)
    }
    networks.addSubnet(address, length === undefined ? bits : Number(length), version === 4 ? 'ipv4' : 'ipv6')
  }
  return networks
}

export class ProxyGate implements Gate {
  /** Their headers are not complete yet. */
  private readonly waiting = new Set<Socket>()

  constructor(
    private readonly settings: ProxySettings,
    private readonly next: Gate,
  ) {}

  take(socket: Socket): void {
    const { remoteAddress } = socket
    if (remoteAddress === undefined) socket.destroy()
    else if (this.settings.trusted.check(remoteAddress, isIP(remoteAddress) === 4 ? 'ipv4' : 'ipv6')) {
      this.awaitHeader(socket)
    } else this.next.take(socket)
  }

  close(): void {
    for (const socket of this.waiting) socket.destroy()
    this.next.close()
  }

  private awaitHeader(socket: Socket): void {
    const { clock, handshakeTimeout } = this.settings
    const reader = new ProxyHeaderReader()
    const timer = clock.after(handshakeTimeout, () => this.refuse(socket, 'timed out'))
    const over = (): void => {
      timer.cancel()
      this.waiting.delete(socket)
      socket.off('data', onData).off('end', onEnd).off('close', over)
    }
    const onEnd = (): void => this.refuse(socket, 'ended by the peer')
    const onData = (chunk: Buffer): void => {
      const header = reader.push(chunk)
      if (header.kind === 'malformed') this.refuse(socket, header.reason)
      if (header.kind !== 'header') return
      over()
      socket.pause()
      if (header.rest.length > 0) socket.unshift(header.rest)
      this.next.take(socket, header.ends)
    }
    this.waiting.add(socket)
    socket.on('data', onData).on('end', onEnd).on('close', over).on('error', ignore)
  }

  private refuse(socket: Socket, reason: string): void {
    const { remoteAddress, remotePort } = socket
    this.settings.logger.warn({ peer: `${remoteAddress}:${remotePort}`, reason }, 'PROXY header refused')
    socket.destroy()
  }
}

/** It is closed then, which is all there is to know. */
function ignore(): void {}
