/** SASL EXTERNAL: who a client is says its certificate. */
import { connect, credentials } from 'amqplib'
import type { BrokerOptions } from '../../src/config/options'
import { createBroker, type EmbeddedBroker } from '../../src/embed/embedded-broker'
import { certificatePath, clientTls } from '../support/certificates'

let broker: EmbeddedBroker
afterEach(() => broker?.close())

async function start(options: BrokerOptions = {}): Promise<void> {
  broker = await createBroker({
    port: 0,
    tlsPort: 0,
    logLevel: 'silent',
    tlsCert: certificatePath('server.pem'),
    tlsKey: certificatePath('server.key'),
    tlsCa: certificatePath('ca.pem'),
    tlsVerify: 'peer',
    ...options,
  })
}

async function addUser(name: string): Promise<void> {
  await broker.putUser(name, {}) // without a password: the certificate is enough
  await broker.setPermissions(name, { configure: '.*', write: '.*', read: '.*' })
}

function tlsUrl(): string {
  const listener = broker.listeners.find(({ protocol }) => protocol === 'amqp/ssl')
  return `amqps://localhost:${listener?.port}`
}

async function whoIs(certificate: string): Promise<void> {
  const connection = await connect(tlsUrl(), {
    ...clientTls(certificate),
    credentials: credentials.external(),
  })
  const channel = await connection.createChannel()
  await channel.assertQueue('', { exclusive: true })
  await connection.close()
}

describe('EXTERNAL', () => {
  it.each<[BrokerOptions, string]>([
    [{}, 'O=client,CN=alice'],
    [{ sslCertLoginFrom: 'common_name' }, 'alice'],
    [{ sslCertLoginFrom: 'subject_alternative_name' }, 'alice.example'],
    [{ sslCertLoginFrom: 'subject_alternative_name', sslCertLoginSanType: 'email' }, 'alice@example.org'],
  ])('with %j logs in as %s, who needs no password', async (options, name) => {
    await start(options)
    await expect(whoIs('client')).rejects.toThrow('403')
    await addUser(name)
    await whoIs('client')
  })

  it.each<[BrokerOptions, string]>([
    [{ sslCertLoginFrom: 'subject_alternative_name', sslCertLoginSanIndex: 1 }, 'alice.example'],
    [{ sslCertLoginFrom: 'subject_alternative_name', sslCertLoginSanType: 'ip' }, 'alice.example'],
  ])('with %j finds no name in the certificate', async (options, name) => {
    await start(options)
    await addUser(name)
    await expect(whoIs('client')).rejects.toThrow('403')
  })

  it('is offered to those with a certificate that is believed, and to nobody else', async () => {
    await start()
    await expect(whoIs('client')).rejects.toThrow('403')
    const withoutOne = { ...clientTls(), credentials: credentials.external() }
    const notOffered = 'SASL mechanism EXTERNAL is not provided by the server'
    await expect(connect(tlsUrl(), withoutOne)).rejects.toThrow(notOffered)
    await expect(connect(broker.url, { credentials: credentials.external() })).rejects.toThrow(notOffered)
  })
})
