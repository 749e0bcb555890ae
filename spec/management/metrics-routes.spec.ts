/** Metrics for Prometheus over HTTP: on the management's port for those who may, on their own for whoever reaches it. */
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import fastify from 'fastify'
import { metricsRoutes } from '../../src/management/metrics-routes'
import { answers, type MetricsServer, openMetricsServer } from '../../src/management/metrics-server'
import type { Prometheus } from '../../src/metrics/prometheus'
import { eventually } from '../support/eventually'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

describe('the metrics', () => {
  let managed: ManagedBroker
  let own: MetricsServer

  beforeAll(async () => {
    managed = await managedBroker()
    const { accounts } = managed.broker
    accounts.putUser('watcher', { password: 'watcher', tags: 'monitoring' })
    accounts.putUser('app', { password: 'app', tags: 'management' })
    await managed.ask('PUT', '/queues/%2F/orders', { body: { durable: true } })
    await managed.ask('PUT', '/queues/%2F/bills', { body: { durable: true } })
    const { prometheus, logger } = managed.management
    own = await openMetricsServer(prometheus, { host: '127.0.0.1', port: 0, connectionsMax: 0, logger })
  })

  afterAll(async () => {
    await own.close()
    await managed.close()
  })

  const scrape = async (path: string, user?: string) => {
    const port = user === undefined ? own.port : managed.httpPort
    const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, user ? { headers: { authorization } } : {})
    return { status: reply.status, type: reply.headers.get('content-type'), text: await reply.text() }
  }

  it('are served on a port of their own without a login', async () => {
    const { status, type, text } = await scrape('/metrics')
    expect(status).toBe(200)
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(text).toMatch(/^rabbitmq_queues 2$/m)
    expect((await scrape('/api/overview')).status).toBe(404)
  })

  it('are served on the management’s port for the tag monitoring only', async () => {
    expect((await scrape('/metrics', 'watcher')).text).toMatch(/^rabbitmq_queues 2$/m)
    expect((await scrape('/metrics', 'app')).status).toBe(401)
    expect((await scrape('/metrics', '')).status).toBe(401)
    expect((await scrape('/metrics/per-object', 'nobody')).status).toBe(401)
  })

  it('are written once for all who ask while they are written', async () => {
    const { prometheus } = managed.management
    const asked: string[] = []
    let write = (): void => {}
    const mayWrite = new Promise<void>(resolve => {
      write = resolve
    })
    const slow = {
      contentType: prometheus.contentType,
      async *text(kind: string) {
        asked.push(kind)
        await mayWrite
        yield 'text'
      },
    }
    const app = fastify()
    metricsRoutes(app, slow as unknown as Prometheus, () => {})
    const scrapes = ['/metrics', '/metrics', '/metrics', '/metrics/per-object'].map(url => app.inject(url))
    await eventually(() => expect(asked).toEqual(['aggregated', 'per-object']))
    write()
    for (const scraped of scrapes) expect((await scraped).body).toBe('text')
    await app.inject('/metrics')
    expect(asked).toHaveLength(3)
  })

  it('come as they are written when they are long, and with their length when they are short', async () => {
    const { contentType } = managed.management.prometheus
    const line = `${'x'.repeat(999)}\n`
    const long = {
      contentType,
      async *text() {
        for (let i = 0; i < 200; i++) yield line
      },
    }
    const app = fastify()
    metricsRoutes(app, long as unknown as Prometheus, () => {})
    const scraped = await app.inject('/metrics/per-object')
    expect(scraped.headers['content-length']).toBeUndefined()
    expect(scraped.body).toBe(line.repeat(200))
    const short = await fetch(`http://127.0.0.1:${own.port}/metrics`)
    expect(short.headers.get('content-length')).toBe(String((await short.text()).length))
  })

  it('tell of each object, or of the families, virtual hosts and queues that are asked for', async () => {
    expect((await scrape('/metrics/per-object')).text).toContain('queue="orders"')
    const asked = '/metrics/detailed?family=queue_coarse_metrics&vhost=%2F'
    expect((await scrape(asked)).text).toContain('queue="bills"')
    const { text } = await scrape(`${asked}&queue=^ord`)
    expect(text).toContain('queue="orders"')
    expect(text).not.toContain('queue="bills"')
    expect((await scrape(`${asked}&vhost=other&queue=(`)).status).toBe(400)
  })

  describe('on a port of their own', () => {
    const scrapeAs = async (host: string): Promise<number | undefined> => {
      const asked = request({
        host: '127.0.0.1',
        port: own.port,
        path: '/metrics',
        agent: false,
        headers: { host },
      })
      const [reply] = (await once(asked.end(), 'response')) as [IncomingMessage]
      reply.resume()
      return reply.statusCode
    }
    const here = ['localhost:15692', '127.0.0.1', '[::1]:15692', 'broker', 'host.docker.internal:15692']

    // A page of that site in a browser may have its name point to this machine.
    it.each(['evil.example', 'evil.example:15692', 'localhost.evil.example'])(
      'for this machine only are not there for pages of %s',
      async host => expect(await scrapeAs(host)).toBe(403),
    )

    it.each(here)('for this machine only are there for %s', async host =>
      expect(await scrapeAs(host)).toBe(200),
    )

    it('for the network are there by any name', () => {
      const listened = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '0.0.0.0', '::', '192.0.2.1', 'fd00::1']
      const answered = listened.filter(address => answers(address, 'broker.example:15692'))
      expect(answered).toEqual(['0.0.0.0', '::', '192.0.2.1', 'fd00::1'])
    })
  })
})
