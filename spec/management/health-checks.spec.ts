/** Health checks: what a probe of a container platform, or a load balancer, is told. */
import { X509Certificate } from 'node:crypto'
import { certificateFile } from '../support/certificates'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

const NODE = 'leveret@localhost'

describe('a health check', () => {
  let managed: ManagedBroker

  beforeEach(async () => {
    managed = await managedBroker()
  })

  afterEach(() => managed.close())

  it('fails with the alarms that are in effect, and is ok again without', async () => {
    const alarm = managed.broker.alarms.raise('low on disk & memory')
    const alarms = [
      { resource: 'disk space', node: NODE },
      { resource: 'memory', node: NODE },
    ]
    const cluster = await managed.ask('GET', '/health/checks/alarms')
    const local = await managed.ask('GET', '/health/checks/local-alarms')
    expect(cluster.status).toBe(503)
    expect(cluster.body).toEqual({
      status: 'failed',
      reason: 'There are alarms in effect in the cluster',
      alarms,
    })
    expect(local.body).toMatchObject({ reason: 'There are alarms in effect on the node', alarms })
    alarm.clear()
    expect(await managed.ask('GET', '/health/checks/alarms')).toMatchObject({ status: 200 })
  })

  it('knows which ports and protocols are listened for', async () => {
    const port = await managed.ask('GET', '/health/checks/port-listener/5672')
    const other = await managed.ask('GET', '/health/checks/port-listener/1')
    expect(port.body).toEqual({ status: 'ok', port: 5672 })
    expect(other.status).toBe(503)
    expect(other.body).toEqual({
      status: 'failed',
      reason: 'No active listener',
      missing: 1,
      ports: [5672, 15672],
    })
    const both = await managed.ask('GET', '/health/checks/protocol-listener/amqp0-9-1,management')
    const tls = await managed.ask('GET', '/health/checks/protocol-listener/amqp,amqps')
    expect(both.body).toEqual({ status: 'ok', protocols: ['amqp', 'http'] })
    expect(tls.status).toBe(503)
    expect(tls.body).toMatchObject({ missing: ['amqp/ssl'], protocols: ['amqp', 'http'] })
  })

  it('is not ready to serve clients without a listener for AMQP', async () => {
    expect(await managed.ask('GET', '/health/checks/ready-to-serve-clients')).toMatchObject({ status: 200 })
    managed.listeners.shift()
    const reply = await managed.ask('GET', '/health/checks/ready-to-serve-clients', { user: '' })
    expect(reply.status).toBe(503)
    expect(reply.body).toEqual({ status: 'failed', reason: 'no active listeners for AMQP/AMQPS' })
  })

  it('fails when a certificate ends within the time given, and only then', async () => {
    const pem = certificateFile('server.pem')
    const end = Date.parse(new X509Certificate(pem).validTo)
    const certificate = {
      certificateFile: 'server.pem',
      certificates: pem,
      authoritiesFile: 'ca.pem',
      authorities: certificateFile('ca.pem'),
    }
    managed.listeners.push({ protocol: 'amqp/ssl', host: '127.0.0.1', port: 5671, certificate })
    managed.clock.advance(end - 7 * 86_400_000 - managed.clock.now())
    expect((await managed.ask('GET', '/health/checks/certificate-expiration/6/days')).status).toBe(200)
    const reply = await managed.ask('GET', '/health/checks/certificate-expiration/2/weeks')
    expect(reply.status).toBe(503)
    expect(reply.body).toMatchObject({
      status: 'failed',
      reason: 'Certificates expiring',
      expired: [
        {
          node: NODE,
          protocol: 'amqp/ssl',
          port: 5671,
          certfile: 'server.pem',
          certfile_expires_on: [expect.stringMatching(/^\d{4}-\d\d-\d\d \d{1,2}:\d\d:\d\d$/)],
        },
      ],
    })
  })
})

describe('the aliveness test', () => {
  it('leaves an empty queue behind, and is ok again with it', async () => {
    const managed = await managedBroker()
    expect(await managed.ask('GET', '/aliveness-test/%2F')).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    })
    expect(managed.vhost.queues.get('aliveness-test')?.messageCount).toBe(0)
    expect((await managed.ask('GET', '/aliveness-test/%2F')).status).toBe(200)
    await managed.close()
  })

  it('is refused where the user may not declare the queue', async () => {
    const managed = await managedBroker()
    const { accounts } = managed.broker
    accounts.putUser('probe', { password: 'probe', tags: 'management' })
    accounts.setPermissions('probe', '/', { configure: '^other$', write: '.*', read: '.*' })
    const reply = await managed.ask('GET', '/aliveness-test/%2F', { user: 'probe' })
    expect(reply.status).toBe(401)
    await managed.close()
  })
})
