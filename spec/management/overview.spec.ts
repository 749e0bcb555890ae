/** The overview, the node and the virtual hosts with their statistics, as of the moment and of the past. */
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

const PAST = 'msg_rates_age=60&msg_rates_incr=5&lengths_age=60&lengths_incr=5'

interface Told {
  readonly message_stats: Readonly<Record<string, unknown>>
  readonly queue_totals: Readonly<Record<string, unknown>>
  readonly object_totals: Readonly<Record<string, unknown>>
}

describe('the overview', () => {
  let managed: ManagedBroker

  beforeEach(async () => {
    managed = await managedBroker()
    await managed.management.metrics.start()
    const { broker } = managed
    broker.putVhost('other')
    broker.accounts.putUser('app', { password: 'app', tags: 'management' })
    broker.accounts.setPermissions('guest', 'other', { configure: '.*', write: '.*', read: '.*' })
  })

  afterEach(async () => {
    managed.management.metrics.stop()
    await managed.close()
  })

  const grant = (vhost: string) =>
    managed.broker.accounts.setPermissions('app', vhost, { configure: '', write: '', read: '' })

  async function publish(vhost: string, count: number): Promise<void> {
    await managed.ask('PUT', `/queues/${vhost}/q`, { body: { durable: true } })
    const message = { properties: {}, routing_key: 'q', payload: 'x', payload_encoding: 'string' }
    for (let sent = 0; sent < count; sent++)
      await managed.ask('POST', `/exchanges/${vhost}/amq.default/publish`, { body: message })
    managed.clock.advance(1000)
  }

  const overview = async (user = 'guest', query = ''): Promise<Told> =>
    (await managed.ask('GET', `/overview?${query}`, { user })).body as Told

  it('counts messages at once, and tells rates and the past when asked for it', async () => {
    await publish('%2F', 3)
    const now = await overview()
    expect(now.queue_totals).toMatchObject({ messages: 3, messages_ready: 3, messages_unacknowledged: 0 })
    expect(now.object_totals).toMatchObject({ connections: 0, channels: 0, queues: 1, consumers: 0 })
    expect(now.message_stats).toMatchObject({ publish: 3, publish_details: { rate: expect.any(Number) } })
    expect(now.message_stats['publish_details']).not.toHaveProperty('samples')
    const past = await overview('guest', PAST)
    expect(past.message_stats['publish_details']).toHaveProperty('samples')
    expect(past.queue_totals['messages_details']).toHaveProperty('samples')
  })

  it('sums up what the user may see, and no more', async () => {
    await publish('%2F', 3)
    await publish('other', 2)
    expect((await overview('app')).queue_totals).toMatchObject({ messages: 0 })
    expect((await overview('app')).message_stats).toEqual({})
    grant('other')
    expect((await overview('app')).message_stats).toMatchObject({ publish: 2 })
    grant('/')
    managed.clock.advance(10_000)
    const both = await overview('app', PAST)
    expect(both.message_stats).toMatchObject({ publish: 5 })
    expect(both.queue_totals).toMatchObject({ messages: 5 })
    expect(both).not.toHaveProperty('churn_rates')
    const { samples } = both.queue_totals['messages_details'] as { samples: { sample: number }[] }
    expect(samples[0]?.sample).toBe(5)
    const all = (await overview('guest', PAST)).queue_totals['messages_details'] as { samples: unknown[] }
    expect(samples[0]).toEqual(all.samples[0])
  })

  it('begins anew after a reset', async () => {
    await publish('%2F', 3)
    managed.clock.advance(30_000)
    const samples = async (): Promise<number> => {
      const { queue_totals } = await overview('guest', PAST)
      return (queue_totals['messages_details'] as { samples: unknown[] }).samples.length
    }
    const before = await samples()
    expect((await managed.ask('DELETE', '/reset')).status).toBe(204)
    expect(await samples()).toBeLessThan(before)
    expect((await overview()).queue_totals).toMatchObject({ messages: 3 })
  })

  it('tells of the node and of each virtual host, too', async () => {
    await publish('other', 2)
    const { body: node } = await managed.ask('GET', '/nodes/leveret@localhost')
    expect(node).toMatchObject({
      name: 'leveret@localhost',
      running: true,
      os_pid: String(process.pid),
      mem_alarm: false,
      mem_used: expect.any(Number),
      uptime: expect.any(Number),
      auth_mechanisms: expect.arrayContaining([expect.objectContaining({ name: 'PLAIN', enabled: true })]),
    })
    const { body: memory } = await managed.ask('GET', '/nodes/leveret@localhost/memory')
    const { total, strategy: _, ...parts } = (memory as { memory: Record<string, never> }).memory
    const sum = Object.values(parts).reduce((a: number, b) => a + Number(b), 0)
    expect(sum).toBe((total as unknown as { rss: number }).rss)
    const { body: vhosts } = await managed.ask('GET', '/vhosts')
    expect(vhosts).toMatchObject([
      { name: '/', messages: 0 },
      { name: 'other', messages: 2, message_stats: { publish: 2 } },
    ])
  })

  it('tells of alarms', async () => {
    managed.broker.alarms.raise('low on disk')
    const { body } = await managed.ask('GET', '/nodes')
    expect(body).toMatchObject([{ disk_free_alarm: true, mem_alarm: false }])
  })
})
