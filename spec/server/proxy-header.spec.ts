import fc from 'fast-check'
import { ProxyHeaderReader, type ProxyHeaderResult } from '../../src/server/proxy-header'

const rest = Buffer.from('AMQP\0\0\x09\x01')

/** Answers to a header and what follows it, in chunks; only the last may be another than `incomplete`. */
function read(...chunks: Buffer[]): ProxyHeaderResult {
  const reader = new ProxyHeaderReader()
  let answer: ProxyHeaderResult = { kind: 'incomplete' }
  let followed = Buffer.alloc(0)
  for (const chunk of chunks) {
    if (answer.kind === 'incomplete') answer = reader.push(chunk)
    else followed = Buffer.concat([followed, chunk])
  }
  return answer.kind === 'header' ? { ...answer, rest: Buffer.concat([answer.rest, followed]) } : answer
}

function line(text: string): Buffer {
  return Buffer.from(`${text}\r\n`, 'latin1')
}

/** Version 2. */
function binary(command: number, family: number, addresses: Buffer, announced = addresses.length): Buffer {
  const fixed = Buffer.from('0d0a0d0a000d0a515549540a00000000', 'hex')
  fixed[12] = command
  fixed[13] = family
  fixed.writeUInt16BE(announced, 14)
  return Buffer.concat([fixed, addresses])
}

const tcp4 = Buffer.from('c0000201c6336402dc041628', 'hex')
const tcp6 = Buffer.from(`20010db8${'0'.repeat(23)}1${'0'.repeat(31)}1dc041628`, 'hex')
const extensions = Buffer.from('0500031234560400020000', 'hex')

const announced4 = {
  remoteAddress: '192.0.2.1',
  remotePort: 56324,
  localAddress: '198.51.100.2',
  localPort: 5672,
}
const announced6 = { remoteAddress: '2001:db8::1', remotePort: 56324, localAddress: '::1', localPort: 5672 }

const good: [string, Buffer, object | undefined][] = [
  ['a line for IPv4', line('PROXY TCP4 192.0.2.1 198.51.100.2 56324 5672'), announced4],
  ['a line for IPv6', line('PROXY TCP6 2001:db8:0:0:0:0:0:1 ::1 56324 5672'), announced6],
  ['a line for what is not known', line('PROXY UNKNOWN'), undefined],
  ['a line for what is not known, with details', line(`PROXY UNKNOWN ${'f'.repeat(91)}`), undefined],
  ['bytes for IPv4', binary(0x21, 0x11, tcp4), announced4],
  ['bytes for IPv4 with extensions', binary(0x21, 0x11, Buffer.concat([tcp4, extensions])), announced4],
  ['bytes for IPv6', binary(0x21, 0x21, tcp6), announced6],
  ['bytes for IPv6 with 4096 bytes in all', binary(0x21, 0x21, Buffer.concat([tcp6], 4096)), announced6],
  ['bytes for a unix socket', binary(0x21, 0x31, Buffer.alloc(216)), undefined],
  ['bytes for nothing in particular', binary(0x21, 0x00, Buffer.alloc(0)), undefined],
  ['bytes of the proxy itself', binary(0x20, 0x00, Buffer.alloc(0)), undefined],
  ['bytes of the proxy itself, with addresses', binary(0x20, 0x11, tcp4), undefined],
]

const bad: [string, Buffer, string][] = [
  ['AMQP', rest, 'no PROXY header'],
  ['a first byte of TLS', Buffer.of(0x16), 'no PROXY header'],
  ['a line in lower case', line('proxy TCP4 192.0.2.1 192.0.2.2 1 2'), 'no PROXY header'],
  ['a line of another protocol', line('PROXY UDP4 192.0.2.1 192.0.2.2 1 2'), 'an unknown protocol'],
  ['a line of no protocol', line('PROXY '), 'an unknown protocol'],
  ['a line of 108 bytes', line(`PROXY UNKNOWN ${'f'.repeat(92)}`), 'a line without an end'],
  ['a line without its carriage return', Buffer.from(`PROXY UNKNOWN\n${' '.repeat(93)}`), 'a line without'],
  ['a line with IPv6 for IPv4', line('PROXY TCP4 ::1 ::1 1 2'), 'no two addresses'],
  ['a line with IPv4 for IPv6', line('PROXY TCP6 192.0.2.1 192.0.2.2 1 2'), 'no two addresses'],
  ['a line with a name', line('PROXY TCP4 localhost 192.0.2.2 1 2'), 'no two addresses'],
  ['a line with an interface', line('PROXY TCP6 fe80::1%eth0 ::1 1 2'), 'no two addresses'],
  ['a line with an odd number', line('PROXY TCP4 192.0.2.01 192.0.2.2 1 2'), 'no two addresses'],
  ['a line with too little', line('PROXY TCP4 192.0.2.1 192.0.2.2 1'), 'no two addresses'],
  ['a line with too much', line('PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3'), 'no two addresses'],
  ['a line with two spaces', line('PROXY TCP4  192.0.2.1 192.0.2.2 1 2'), 'no two addresses'],
  ['a line with port 65536', line('PROXY TCP4 192.0.2.1 192.0.2.2 65536 2'), 'no two ports'],
  ['a line with port 01', line('PROXY TCP4 192.0.2.1 192.0.2.2 01 2'), 'no two ports'],
  ['a line with port -1', line('PROXY TCP4 192.0.2.1 192.0.2.2 1 -1'), 'no two ports'],
  ['a wrong signature', Buffer.from('0d0a0d0a000d0a515549540b', 'hex'), 'no PROXY header'],
  ['version 1 in bytes', binary(0x11, 0x11, tcp4), 'an unknown version or command'],
  ['another command', binary(0x22, 0x11, tcp4), 'an unknown version or command'],
  ['datagrams', binary(0x21, 0x12, tcp4), 'an unknown protocol'],
  ['IPv4 with 11 bytes', binary(0x21, 0x11, tcp4.subarray(0, 11)), 'no two addresses'],
  ['IPv6 with 35 bytes', binary(0x21, 0x21, tcp6.subarray(0, 35)), 'no two addresses'],
  ['4097 bytes', binary(0x21, 0x11, Buffer.alloc(0), 4097), 'a header of 4097 bytes'],
]

describe('a PROXY header', () => {
  it.each(good)('is read: %s', (_, header, ends) => {
    expect(read(Buffer.concat([header, rest]))).toEqual({ kind: 'header', ends, rest })
  })

  it.each(good)('is not read before its last byte: %s', (_, header) => {
    for (let length = 1; length < header.length; length++) {
      expect(read(header.subarray(0, length))).toEqual({ kind: 'incomplete' })
    }
  })

  it.each(bad)('is refused: %s', (_, header, reason) => {
    expect(read(header)).toEqual({ kind: 'malformed', reason: expect.stringContaining(reason) })
  })

  it.each(bad)('is refused at its first wrong byte and not waited for: %s', (_, header) => {
    expect(read(Buffer.concat([header, Buffer.alloc(5000)]))).toEqual(read(header))
  })

  it('is the same however it is cut', () => {
    const whole = fc.constantFrom(...[...good, ...bad].map(([, header]) => Buffer.concat([header, rest])))
    const cuts = fc.array(fc.nat({ max: 150 }), { maxLength: 8 })
    fc.assert(
      fc.property(whole, cuts, (bytes, cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
        expect(read(...chunks.filter(chunk => chunk.length > 0))).toEqual(read(bytes))
      }),
      { numRuns: 500 },
    )
  })

  it('is refused or read or waited for, whatever it is, and never waited for beyond its bound', () => {
    const start = fc.constantFrom(
      Buffer.alloc(0),
      Buffer.from('PROXY '),
      Buffer.from('PROXY TCP4 '),
      Buffer.from('0d0a0d0a000d0a515549540a21', 'hex'),
    )
    fc.assert(
      fc.property(start, fc.uint8Array({ minLength: 4200, maxLength: 4200 }), (start, noise) => {
        expect(read(Buffer.concat([start, noise])).kind).not.toBe('incomplete')
      }),
    )
  })
})
