/** Listeners behind proxies, by raw sockets with headers in front of AMQP and of TLS. */
import { connect as connectPlain, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { Listener } from '../../src/server/listener'
import { parseNetworks } from '../../src/server/proxy-gate'
import { TlsCertificate } from '../../src/server/tls-certificate'
import type { Transport } from '../../src/server/transport'
import { certificatePath, clientTls } from '../support/certificates'
import { eventually } from '../support/eventually'
import { ManualClock } from '../support/manual-clock'
import { RecordingLogger } from '../support/recording-logger'

const header = 'PROXY TCP4 192.0.2.1 198.51.100.2 56324 5672\r\n'
const announced = {
  remoteAddress: '192.0.2.1',
  remotePort: 56324,
  localAddress: '198.51.100.2',
  localPort: 5672,
}

interface Taken {
  readonly transport: Transport
  text: string
}

let listener: Listener
let clock: ManualClock
let logger: RecordingLogger
let taken: Taken[]
let sockets: Socket[]

beforeEach(() => {
  clock = new ManualClock()
  logger = new RecordingLogger()
  taken = []
  sockets = []
})

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await listener.close()
  expect(clock.pending).toBe(0)
})

async function listen(trusted: string, withTls = false): Promise<void> {
  const files = {
    tlsCert: certificatePath('server.pem'),
    tlsKey: certificatePath('server.key'),
    tlsMinVersion: '1.2',
  } as const
  listener = await Listener.open({ host: '127.0.0.1', port: 0 }, take, {
    proxies: { trusted: parseNetworks(trusted), handshakeTimeout: 10_000, clock, logger },
    tls: withTls
      ? {
          certificate: new TlsCertificate(files, logger),
          verify: 'none',
          handshakeTimeout: 5000,
          handshakesMax: 0,
          logger,
        }
      : undefined,
  })
}

/** Answers what comes with the same. */
function take(transport: Transport): void {
  const one = { transport, text: '' }
  taken.push(one)
  transport.listen({
    onData: chunk => {
      one.text += chunk.toString()
      transport.write(chunk)
    },
    onDrain: () => {},
    onEnd: () => transport.end(),
    onClosed: () => {},
  })
}

async function dial(): Promise<Socket> {
  const socket = connectPlain(listener.port, '127.0.0.1')
  sockets.push(socket)
  socket.setNoDelay(true)
  await new Promise(resolve => socket.once('connect', resolve))
  return socket
}

function closed(socket: Socket): Promise<void> {
  socket.resume().on('error', () => {})
  return new Promise(resolve => socket.once('close', () => resolve()))
}

function heard(socket: Socket, text: string): Promise<void> {
  let all = ''
  return new Promise(resolve =>
    socket.on('data', chunk => {
      all += chunk
      if (all === text) resolve()
    }),
  )
}

/** Bytes to a socket and back, so that TLS writes through the socket's own buffer and not beneath it. */
class PassingDuplex extends Duplex {
  constructor(private readonly socket: Socket) {
    super()
    socket.on('data', chunk => this.push(chunk))
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.socket.write(chunk)
    this.socket.uncork()
    done()
  }
}

describe('a listener that trusts a proxy', () => {
  it('takes the ends from its header, and what follows from the socket', async () => {
    await listen('10.0.0.0/8,127.0.0.0/8')
    const socket = await dial()
    socket.write(`${header}he`)
    await heard(socket, 'he')
    socket.write('llo')
    await heard(socket, 'llo')
    expect(taken).toMatchObject([{ transport: announced, text: 'hello' }])
  })

  it('hears what comes byte by byte, and nothing is lost of a peer that ends at once', async () => {
    await listen('127.0.0.1')
    const slow = await dial()
    for (const byte of Buffer.from(`${header}hello`)) slow.write(Buffer.of(byte))
    await heard(slow, 'hello')
    const quick = await dial()
    quick.end(`${header}hello`)
    await heard(quick, 'hello')
    await closed(quick)
    expect(taken).toMatchObject([{ transport: announced }, { transport: announced }])
  })

  it('takes the real ends when the proxy speaks for itself', async () => {
    await listen('127.0.0.1')
    const socket = await dial()
    socket.write(Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex'))
    await eventually(() =>
      expect(taken).toMatchObject([
        { transport: { remoteAddress: '127.0.0.1', remotePort: socket.localPort, localPort: listener.port } },
      ]),
    )
  })

  it('takes the header before TLS', async () => {
    await listen('127.0.0.1', true)
    const socket = await dial()
    socket.write(header)
    const tls = connectTls({ socket, servername: 'localhost', ...clientTls() })
    tls.write('hello')
    await heard(tls, 'hello')
    expect(taken).toMatchObject([{ transport: { ...announced, tls: { protocol: 'tlsv1.3' } } }])
  })

  it('takes the header in one packet with the beginning of TLS', async () => {
    await listen('127.0.0.1', true)
    const socket = await dial()
    socket.cork() // the header waits for the first bytes of TLS
    socket.write(header)
    const stream = new PassingDuplex(socket)
    const tls = connectTls({ socket: stream, servername: 'localhost', ...clientTls() })
    tls.write('hello')
    await heard(tls, 'hello')
    expect(taken).toMatchObject([{ transport: announced, text: 'hello' }])
  })

  it.each([
    ['says something else', 'AMQP\0\0\x09\x01', 'no PROXY header'],
    ['announces what it cannot', 'PROXY TCP4 nobody nowhere 1 2\r\n', 'no two addresses'],
    ['never ends its header', `PROXY UNKNOWN ${'x'.repeat(1000)}`, 'a line without an end'],
  ])('closes a connection that %s', async (_, said, reason) => {
    await listen('127.0.0.1')
    const socket = await dial()
    const { localPort } = socket
    socket.write(said)
    await closed(socket)
    expect(taken).toEqual([])
    expect(logger.lines).toMatchObject([
      {
        level: 'warn',
        message: 'PROXY header refused',
        fields: { peer: `127.0.0.1:${localPort}`, reason },
      },
    ])
  })

  it('closes a connection whose header is not there at the handshake timeout, though it sends', async () => {
    await listen('127.0.0.1')
    const socket = await dial()
    const gone = closed(socket)
    socket.write('PROXY')
    await eventually(() => expect(clock.pending).toBe(1))
    clock.advance(9999)
    socket.write(' ')
    expect(socket.destroyed).toBe(false)
    clock.advance(1)
    await gone
    expect(logger.at('warn')).toEqual(['PROXY header refused'])
  })

  it('closes a connection that ends within its header', async () => {
    await listen('127.0.0.1')
    const socket = await dial()
    socket.end('PROXY ')
    await closed(socket)
    expect(taken).toEqual([])
  })

  it('stops though a header is not complete', async () => {
    await listen('127.0.0.1')
    const socket = await dial()
    const gone = closed(socket)
    await eventually(() => expect(clock.pending).toBe(1))
    await listener.close()
    await gone
  })
})

describe('a listener that trusts another proxy', () => {
  it('takes a connection as it is, and a header for what the peer says', async () => {
    await listen('10.0.0.0/8,::1')
    const socket = await dial()
    socket.write(header)
    await heard(socket, header)
    expect(taken).toMatchObject([
      { transport: { remoteAddress: '127.0.0.1', remotePort: socket.localPort }, text: header },
    ])
  })
})

describe('the list of proxies', () => {
  it('has addresses and networks, and knows IPv4 in IPv6', () => {
    const list = parseNetworks('10.0.0.7, 192.168.0.0/16,::1,fd00::/8')
    expect(list.check('10.0.0.7', 'ipv4')).toBe(true)
    expect(list.check('10.0.0.8', 'ipv4')).toBe(false)
    expect(list.check('192.168.9.9', 'ipv4')).toBe(true)
    expect(list.check('::ffff:192.168.9.9', 'ipv6')).toBe(true)
    expect(list.check('::ffff:192.169.9.9', 'ipv6')).toBe(false)
    expect(list.check('::1', 'ipv6')).toBe(true)
    expect(list.check('fd12::1', 'ipv6')).toBe(true)
    expect(parseNetworks('0.0.0.0/0').check('8.8.8.8', 'ipv4')).toBe(true)
  })

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/',
    '::1/129',
    '10.0.0.1/8/8',
    '10.0.0.1,',
    'fe80::1%eth0',
  ])('refuses %j', text => expect(() => parseNetworks(text)).toThrow('is no address and no network'))
})
