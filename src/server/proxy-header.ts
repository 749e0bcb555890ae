/**
 * The PROXY protocol: a header in front of everything else by which a proxy tells whose connection it passes on.
 *
 *     1    PROXY TCP4 192.0.2.1 192.0.2.2 56324 5672\r\n                       one line of 107 bytes at most
 *     2    0D0A0D0A000D0A515549540A │ version, command │ family │ length │ addresses, extensions
 *                              12   │        1         │   1    │   2    │      `length`
 *
 * Bytes in, ends out; knows no sockets. https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt
 */
import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import type { Ends } from './ends'

const LINE_BYTES_MAX = 107
const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const FIXED_BYTES = 16
/** What follows the fixed part; the standard allows 65535, and proxies send a few hundred. */
const REST_BYTES_MAX = 4096

export interface ProxyHeader {
  readonly kind: 'header'
  /** Undefined: it speaks for itself (LOCAL), or of what is no TCP connection; the real ends hold. */
  readonly ends: Ends | undefined
  /** What came behind the header. */
  readonly rest: Buffer
}

export type ProxyHeaderResult =
  | ProxyHeader
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'malformed'; readonly reason: string }

/** Fed with chunks, cut anywhere, until its answer is another than `incomplete`. */
export class ProxyHeaderReader {
  private bytes: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): ProxyHeaderResult {
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk])
    return this.bytes[0] === SIGNATURE[0] ? readBinary(this.bytes) : readLine(this.bytes)
  }
}

const INCOMPLETE = { kind: 'incomplete' } as const

function malformed(reason: string): ProxyHeaderResult {
  return { kind: 'malformed', reason }
}

function begins(bytes: Buffer, expected: Buffer): boolean {
  const length = Math.min(bytes.length, expected.length)
  return bytes.subarray(0, length).equals(expected.subarray(0, length))
}

const LINE_START = Buffer.from('PROXY ')

function readLine(bytes: Buffer): ProxyHeaderResult {
  if (!begins(bytes, LINE_START)) return malformed('no PROXY header')
  const end = bytes.subarray(0, LINE_BYTES_MAX).indexOf('\r\n')
  if (end === -1) return bytes.length < LINE_BYTES_MAX ? INCOMPLETE : malformed('a line without an end')
  const rest = bytes.subarray(end + 2)
  const [, family, ...fields] = bytes.toString('latin1', 0, end).split(' ')
  if (family === 'UNKNOWN') return { kind: 'header', ends: undefined, rest }
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isPlainIpv6 : undefined
  if (isAddress === undefined) return malformed('an unknown protocol')
  const [remoteAddress = '', localAddress = '', remotePort = '', localPort = ''] = fields
  if (fields.length !== 4 || !isAddress(remoteAddress) || !isAddress(localAddress)) {
    return malformed('no two addresses')
  }
  if (!isPort(remotePort) || !isPort(localPort)) return malformed('no two ports')
  const ends = {
    localAddress: canonical(localAddress),
    localPort: Number(localPort),
    remoteAddress: canonical(remoteAddress),
    remotePort: Number(remotePort),
  }
  return { kind: 'header', ends, rest }
}

/** Without the name of an interface behind it. */
function isPlainIpv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%')
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65535
}

/** As sockets tell their addresses: `::1`, not `0:0:0:0:0:0:0:1`. */
function canonical(address: string): string {
  return isIPv4(address) ? address : new SocketAddress({ address, family: 'ipv6' }).address
}

const Command = { local: 0x20, proxy: 0x21 } as const
const Family = { unspecified: 0x00, tcp4: 0x11, tcp6: 0x21, unixStream: 0x31 } as const

function readBinary(bytes: Buffer): ProxyHeaderResult {
  if (!begins(bytes, SIGNATURE)) return malformed('no PROXY header')
  if (bytes.length < FIXED_BYTES) return INCOMPLETE
  const command = bytes[12]
  if (command !== Command.local && command !== Command.proxy)
    return malformed('an unknown version or command')
  const restBytes = bytes.readUInt16BE(14)
  if (restBytes > REST_BYTES_MAX) return malformed(`a header of ${restBytes} bytes`)
  const end = FIXED_BYTES + restBytes
  if (bytes.length < end) return INCOMPLETE
  const rest = bytes.subarray(end)
  if (command === Command.local) return { kind: 'header', ends: undefined, rest }
  const told = bytes.subarray(FIXED_BYTES, end)
  switch (bytes[13]) {
    case Family.tcp4:
      return told.length < 12 ? malformed('no two addresses') : { kind: 'header', ends: ends(told, 4), rest }
    case Family.tcp6:
      return told.length < 36 ? malformed('no two addresses') : { kind: 'header', ends: ends(told, 16), rest }
    case Family.unixStream:
    case Family.unspecified:
      return { kind: 'header', ends: undefined, rest }
    default:
      return malformed('an unknown protocol')
  }
}

/** Source, destination, source port, destination port; extensions may follow. */
function ends(told: Buffer, addressBytes: 4 | 16): Ends {
  const address = (start: number): string => {
    const bytes = told.subarray(start, start + addressBytes)
    return addressBytes === 4
      ? bytes.join('.')
      : canonical(bytes.toString('hex').match(/.{4}/g)?.join(':') ?? '')
  }
  return {
    localAddress: address(addressBytes),
    localPort: told.readUInt16BE(2 * addressBytes + 2),
    remoteAddress: address(0),
    remotePort: told.readUInt16BE(2 * addressBytes),
  }
}
