/** Before the first frame: 4.2.2 of the specification, and connection.start, rules "protocol-name", "server-support". */
import { useBroker } from '../support/broker'
import { itTogether } from '../support/together'
import { byVersion } from '../support/version'
import { protocolHeader } from '../support/wire'

const broker = useBroker('all')

const header = (...version: number[]) => Buffer.from([...Buffer.from('AMQP'), ...version])

/** What a server sends before it closes: RabbitMQ 4 knows AMQP 1.0 and offers that; Leveret offers what it speaks. */
const offers = byVersion({ '3': [header(0, 0, 9, 1)], default: [header(0, 0, 9, 1), header(3, 1, 0, 0)] })

async function expectOffer(bytes: Buffer): Promise<void> {
  const wire = await broker.connect()
  wire.sendBytes(bytes)
  await wire.expectEof()
  expect(offers).toContainEqual(wire.strayBytes)
}

describe('the protocol header', () => {
  itTogether({
    'AMQP 0 0 9 1 is answered with connection.start for 0-9': async () => {
      const wire = await broker.connect()
      wire.sendBytes(protocolHeader)
      const { fields } = await wire.expect('connection.start')
      expect(fields).toMatchObject({ versionMajor: 0, versionMinor: 9 })
    },
    'AMQP 1 1 0 9, the header of 0-9 proper, is taken for the same': async () => {
      const wire = await broker.connect()
      wire.sendBytes(header(1, 1, 0, 9))
      const { fields } = await wire.expect('connection.start')
      expect(fields).toMatchObject({ versionMajor: 0, versionMinor: 9 })
    },
    'may come one byte at a time': async () => {
      const wire = await broker.connect()
      for (const byte of protocolHeader) wire.sendBytes(Buffer.from([byte]))
      await wire.expect('connection.start')
    },
    'may come together with the whole handshake': async () => {
      const wire = await broker.connect()
      wire.socket.cork()
      wire.sendBytes(protocolHeader)
      wire.startOk()
      wire.tuneOk({ channelMax: 10, frameMax: 8192 })
      wire.send('connection.open', { virtualHost: wire.target.vhost })
      wire.socket.uncork()
      await wire.expect('connection.start')
      await wire.expect('connection.tune')
      await wire.expect('connection.open-ok')
    },
  })
})

describe('connection.start, rule "protocol-name": a header that is not supported', () => {
  itTogether({
    'of revision 0 gets a supported one, then the end': () => expectOffer(header(0, 0, 9, 0)),
    'of 0-10 gets a supported one, then the end': () => expectOffer(header(0, 0, 10, 0)),
    'of protocol 9 gets a supported one, then the end': () => expectOffer(header(9, 1, 0, 0)),
    'of AMQP 1.0 over TLS gets a supported one, then the end': () => expectOffer(header(2, 1, 0, 0)),
    'of no AMQP at all gets a supported one, then the end': () =>
      expectOffer(Buffer.from('XMQP\x00\x00\x09\x01')),
    'of HTTP gets a supported one, then the end': () => expectOffer(Buffer.from('GET / HTTP/1.1\r\n\r\n')),
  })
})

describe('a client that falls silent', () => {
  const soon = 15_000
  itTogether({
    'before the protocol header is dropped after ten seconds': async () => {
      const wire = await broker.connect()
      await wire.expectSilentEof(soon)
    },
    'in the middle of the protocol header is dropped after ten seconds': async () => {
      const wire = await broker.connect()
      wire.sendBytes(protocolHeader.subarray(0, 5))
      await wire.expectSilentEof(soon)
    },
    'after connection.start is dropped after ten seconds': async () => {
      const wire = await broker.connect()
      wire.sendBytes(protocolHeader)
      await wire.expect('connection.start')
      await wire.expectSilentEof(soon)
    },
    'after connection.tune is dropped after ten seconds': async () => {
      const wire = await broker.connect()
      await wire.login()
      await wire.expectSilentEof(soon)
    },
  })
})
