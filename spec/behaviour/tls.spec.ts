/** AMQP over TLS, as clients see it. */
import { copyFileSync, writeFileSync } from 'node:fs'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { connect } from 'amqplib'
import type { BrokerOptions } from '../../src/config/options'
import { createBroker, type EmbeddedBroker } from '../../src/embed/embedded-broker'
import { certificatePath, clientTls } from '../support/certificates'
import { eventually } from '../support/eventually'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const nextPath = pathsIn(temporaryFolder())
const serverFiles = { tlsCert: certificatePath('server.pem'), tlsKey: certificatePath('server.key') }
const tlsCa = certificatePath('ca.pem')

let broker: EmbeddedBroker
afterEach(() => broker?.close())

async function start(options: BrokerOptions = {}): Promise<string> {
  broker = await createBroker({ port: 0, tlsPort: 0, logLevel: 'silent', ...serverFiles, ...options })
  return `amqps://guest:guest@localhost:${tlsPort()}`
}

function tlsPort(): number {
  const listener = broker.listeners.find(({ protocol }) => protocol === 'amqp/ssl')
  if (listener === undefined) throw new Error('nothing listens for TLS')
  return listener.port
}

/** Publishes a message of several frames and has it back. */
async function roundTrip(url: string, tls: object): Promise<void> {
  const connection = await connect(url, tls)
  const channel = await connection.createConfirmChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  const body = Buffer.alloc(3_000_000, 'abc')
  channel.sendToQueue(queue, body)
  await channel.waitForConfirms()
  const message = await channel.get(queue, { noAck: true })
  expect(message !== false && message.content.equals(body)).toBe(true)
  await connection.close()
}

/** Name of the certificate a new connection is shown. */
function shownCertificate(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port: tlsPort(), host: 'localhost', ...clientTls() }, () => {
      resolve(String(socket.getPeerCertificate().subject['O']))
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

function closed(socket: Socket): Promise<void> {
  socket.resume().on('error', () => {})
  return new Promise(resolve => socket.once('close', () => resolve()))
}

describe('a broker with a certificate', () => {
  it('takes connections over TLS besides plain ones, and names both', async () => {
    const url = await start()
    await roundTrip(url, clientTls())
    await roundTrip(broker.url, {})
    expect(broker.listeners).toEqual([
      { protocol: 'amqp', host: '127.0.0.1', port: broker.port },
      { protocol: 'amqp/ssl', host: '127.0.0.1', port: expect.any(Number) },
    ])
  })

  it('is not believed by a client that does not know its authority', async () => {
    await expect(connect(await start())).rejects.toThrow('unable to verify')
  })

  it('takes its key encrypted, and from the file of the certificate', async () => {
    await roundTrip(
      await start({ tlsKey: certificatePath('server-encrypted.key'), tlsKeyPassword: 'secret' }),
      clientTls(),
    )
  })

  it('speaks no version of TLS below the oldest it is told', async () => {
    await start({ tlsMinVersion: '1.3' })
    const options = { port: tlsPort(), host: 'localhost', ...clientTls() }
    const error = await new Promise<NodeJS.ErrnoException>(resolve =>
      connectTls({ ...options, maxVersion: 'TLSv1.2' }).once('error', resolve),
    )
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
    const socket = await new Promise<TLSSocket>(resolve => {
      const connected = connectTls(options, () => resolve(connected))
    })
    expect(socket.getProtocol()).toBe('TLSv1.3')
    socket.destroy()
  })

  it('closes who speaks AMQP without TLS there, and who says nothing at the handshake timeout', async () => {
    await start({ tlsHandshakeTimeout: 50 })
    const plain = connectPlain(tlsPort(), '127.0.0.1')
    plain.write('AMQP\0\0\x09\x01')
    await closed(plain)
    await closed(connectPlain(tlsPort(), '127.0.0.1'))
  })

  it('stops though somebody is in the middle of a handshake', async () => {
    await start({ tlsHandshakeTimeout: 3_600_000 })
    const silent = connectPlain(tlsPort(), '127.0.0.1')
    await new Promise(resolve => silent.once('connect', resolve))
    const gone = closed(silent)
    await broker.close()
    await gone
  })
})

describe('a broker that asks for client certificates', () => {
  it('takes one of its authority, and those without, unless it requires one', async () => {
    const url = await start({ tlsCa, tlsVerify: 'peer' })
    await roundTrip(url, clientTls('client'))
    await roundTrip(url, clientTls())
    await expect(connect(url, clientTls('stranger'))).rejects.toThrow()
  })

  it('takes only those with one of its authority when it requires one', async () => {
    const url = await start({ tlsCa, tlsVerify: 'peer-required' })
    await roundTrip(url, clientTls('client'))
    await expect(connect(url, clientTls())).rejects.toThrow()
    await expect(connect(url, clientTls('stranger'))).rejects.toThrow()
  })
})

describe('a connection over TLS', () => {
  async function events(tls: object): Promise<Record<string, unknown>[]> {
    const url = await start({ tlsCa, tlsVerify: 'peer', eventExchange: true })
    const channel = await (await connect(broker.url)).createChannel()
    await channel.assertQueue('events')
    for (const key of ['user.authentication.success', 'connection.created']) {
      await channel.bindQueue('events', 'amq.rabbitmq.event', key)
    }
    await (await connect(url, tls)).close()
    const seen = [await channel.get('events'), await channel.get('events')]
    return seen.map(message => (message === false ? {} : { ...message.properties.headers }))
  }

  it('is told with what was agreed on, and who the peer is, in the words of RabbitMQ', async () => {
    const peer = {
      ssl: true,
      ssl_protocol: 'tlsv1.3',
      ssl_cipher: 'aes_256_gcm',
      peer_cert_subject: 'O=client,CN=alice',
      peer_cert_issuer: 'CN=Leveret test authority',
      peer_cert_validity: expect.stringContaining('T'),
    }
    const [authenticated, created] = await events(clientTls('client'))
    expect(authenticated).toMatchObject(peer)
    expect(created).toMatchObject({ ...peer, ssl_key_exchange: 'any', ssl_hash: 'aead' })
  })

  it('without a certificate has nobody to name', async () => {
    const [authenticated, created] = await events(clientTls())
    expect(authenticated).toMatchObject({ ssl: true, ssl_protocol: 'tlsv1.3' })
    expect(authenticated).not.toHaveProperty('peer_cert_subject')
    expect(created).toMatchObject({ ssl: true, peer_cert_subject: '', peer_cert_validity: '' })
  })
})

describe('the certificate of a running broker', () => {
  const cert = nextPath()
  const key = nextPath()

  function install(name: string): void {
    copyFileSync(certificatePath(`${name}.pem`), cert)
    copyFileSync(certificatePath(`${name}.key`), key)
  }

  it('is read again when it is told, for new connections, and old ones stay', async () => {
    install('server')
    const url = await start({ tlsCert: cert, tlsKey: key })
    const connection = await connect(url, clientTls())
    expect(await shownCertificate()).toBe('server')
    install('renewed')
    expect(broker.reloadCertificate()).toBe(true)
    expect(await shownCertificate()).toBe('renewed')
    await connection.createChannel()
    await connection.close()
  })

  it('is read again by itself when its files change', async () => {
    install('server')
    await start({ tlsCert: cert, tlsKey: key })
    install('renewed')
    await eventually(async () => expect(await shownCertificate()).toBe('renewed'), { timeoutMs: 20_000 })
  })

  it('stays when what is new cannot be used', async () => {
    install('server')
    await start({ tlsCert: cert, tlsKey: key })
    writeFileSync(cert, 'nonsense')
    expect(broker.reloadCertificate()).toBe(false)
    copyFileSync(certificatePath('renewed.pem'), cert) // with the key of the old one
    expect(broker.reloadCertificate()).toBe(false)
    expect(await shownCertificate()).toBe('server')
  })
})

describe('a broker whose certificate cannot be used', () => {
  const path = certificatePath
  it.each<[string, BrokerOptions, string]>([
    ['is not there', { tlsCert: '/nowhere.pem' }, 'tlsCert /nowhere.pem: cannot be read: ENOENT'],
    ['is none', { tlsCert: path('make.sh') }, `tlsCert ${path('make.sh')}: holds no certificate in PEM form`],
    ['has no key', { tlsKey: undefined }, `tlsKey ${path('server.pem')}: holds no private key in PEM form`],
    ['has another key', { tlsKey: path('client.key') }, 'does not belong to the certificate in'],
    [
      'has a key with a password',
      { tlsKey: path('server-encrypted.key') },
      'is encrypted, and no tlsKeyPassword is given',
    ],
    [
      'has a key with another password',
      { tlsKey: path('server-encrypted.key'), tlsKeyPassword: 'wrong' },
      'tlsKeyPassword does not open it',
    ],
    ['has an authority that is none', { tlsCa: path('ca.key') }, 'holds no certificate in PEM form'],
    ['is asked to verify without an authority', { tlsVerify: 'peer' }, 'option "tlsVerify" is peer'],
    ['has only a key', { tlsCert: undefined }, 'option "tlsKey" needs a certificate: give tlsCert'],
  ])('%s: it does not start, and says so in a line', async (_, options, message) => {
    const error = await start(options).then(
      () => undefined,
      (cause: Error) => cause,
    )
    expect(error?.message).toContain(message)
    expect(error?.message).not.toContain('\n')
    expect(error?.message).not.toContain('wrong')
  })

  it('lets the port go again', async () => {
    const other = await createBroker({ port: 0, logLevel: 'silent' })
    await expect(start({ tlsPort: other.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      option: 'tlsPort',
    })
    await other.close()
  })
})
