/** PROXY headers, in any pieces: the same is read wherever they are cut, and what is no address is no address. */
import { isIP } from 'node:net'
import { ProxyHeaderReader, type ProxyHeaderResult } from '../../../src/server/proxy-header'
import type { Random } from '../../crash/random'
import { octets } from '../generate/fields'
import type { Input, Target } from '../target'

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const ADDRESSES = [
  '1.2.3.4',
  '127.0.0.1',
  '::1',
  '::ffff:1.2.3.4',
  '2001:db8::1',
  'fe80::1%eth0',
  '01.2.3.4',
  '',
  'localhost',
]

export const proxy: Target = {
  name: 'proxy',
  briefly: 800,
  dictionary: ['PROXY ', 'TCP4 ', 'TCP6 ', 'UNKNOWN', '\r\n', ' ', ...ADDRESSES]
    .map(text => Buffer.from(text))
    .concat(SIGNATURE),
  inputsPerWorld: 100_000,
  forgets: true,
  generate: random => [
    random.chance(0.5) ? line(random) : binary(random),
    Buffer.from('AMQP\0\0\x09\x01', 'latin1'),
  ],
  open: async () => ({ feed, close: () => {} }),
}

function line(random: Random): Buffer {
  const port = (): string => String(random.pick([0, 1, 5672, 65535, 65536, -1]))
  const words = [
    'PROXY',
    random.pick(['TCP4', 'TCP6', 'UNKNOWN']),
    random.pick(ADDRESSES),
    random.pick(ADDRESSES),
    port(),
    port(),
  ]
  return Buffer.from(`${words.join(' ')}\r\n`)
}

/** With extensions behind the addresses, whose lengths may say anything. */
function binary(random: Random): Buffer {
  const family = random.pick([0x00, 0x11, 0x21, 0x31, 0x12, 0x22])
  const extensions = Array.from({ length: random.between(0, 3) }, () =>
    Buffer.concat([
      random.bytes(1),
      octets(random.pick([0, 1, 4, 65535]), 2),
      random.bytes(random.between(0, 6)),
    ]),
  )
  const told = Buffer.concat([random.bytes(random.pick([0, 12, 12, 36, 36, 216])), ...extensions])
  const length = random.chance(0.9) ? told.length : random.pick([0, 11, 4096, 4097, 65535])
  return Buffer.concat([
    SIGNATURE,
    Buffer.of(random.pick([0x20, 0x21, 0x21, 0x22, 0x11]), family),
    octets(length, 2),
    told,
  ])
}

function feed(input: Input): void {
  const whole = Buffer.concat(input)
  const results = [read([whole]), read([...whole].map(byte => Buffer.of(byte))), read(input)]
  const [first] = results
  for (const other of results) {
    if (JSON.stringify(other) !== JSON.stringify(first))
      throw new Error(`${JSON.stringify(first)} in one piece, ${JSON.stringify(other)} in several`)
  }
}

/** What was made of it; bytes that come after the header are part of the rest. */
function read(pieces: Input): unknown {
  const reader = new ProxyHeaderReader()
  for (const [index, piece] of pieces.entries()) {
    const result = reader.push(piece)
    if (result.kind === 'header') return outcome(result, pieces.slice(index + 1))
    if (result.kind === 'malformed') return 'malformed'
  }
  return 'incomplete'
}

function outcome(result: ProxyHeaderResult & { kind: 'header' }, later: Input): unknown {
  const { ends, rest } = result
  if (ends !== undefined) {
    for (const address of [ends.localAddress, ends.remoteAddress])
      if (isIP(address) === 0 || address.includes('%')) throw new Error(`${address} is no address`)
    for (const port of [ends.localPort, ends.remotePort])
      if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`${port} is no port`)
  }
  return { ends, rest: Buffer.concat([rest, ...later]).toString('hex') }
}
