import { type LoadPlan, type LoadResult, queueName, shareOf } from '../../src/load/plan'
import { jsonReport, textReport } from '../../src/load/report'

const plan: LoadPlan = {
  target: { host: '127.0.0.1', port: 5672, user: 'guest', password: 'secret', vhost: '/' },
  publishers: 1,
  consumers: 2,
  size: 16,
  confirmWindow: 100,
  ackEvery: 50,
  prefetch: 0,
  queues: 1,
  rate: 0,
  durationSeconds: 5,
  count: 0,
  persistent: true,
  exchange: '',
  queueType: undefined,
  queuePrefix: 'bench',
  keep: false,
  pid: 1,
}

const result: LoadResult = {
  seconds: 2,
  published: 2_469_134,
  consumed: 2_000_000,
  confirmed: 2_400_000,
  nacked: 3,
  latency: { p50: 12, p99: 1500, p999: 45_678, max: 2_000_000 },
  confirmLatency: { p50: 1, p99: 2, p999: 3, max: 4 },
  cost: { cpuSeconds: 1, rssBytes: 50 * 1048576 },
  errors: [],
}

describe('the report of a load run', () => {
  it('says for people how fast it was, how long it took and what it cost', () => {
    expect(textReport(plan, result).split('\n')).toEqual([
      '127.0.0.1:5672, 1 publisher, 2 consumers, 16 B persistent, ack every 50, confirm window 100, 2.00 s',
      '  published   1,234,567 msg/s',
      '  consumed    1,000,000 msg/s',
      '  confirmed   1,200,000 msg/s, 3 nacked',
      '  latency    p50 12 µs  p99 1.50 ms  p99.9 45.7 ms  max 2.00 s',
      '  confirm    p50 1 µs  p99 2 µs  p99.9 3 µs  max 4 µs',
      '  broker     0.50 µs CPU per message (50 %), 50 MiB resident',
    ])
  })

  it('leaves out what was not measured', () => {
    const less = { ...result, latency: undefined, confirmLatency: undefined, cost: undefined }
    expect(textReport({ ...plan, consumers: 0, confirmWindow: 0 }, less).split('\n')).toHaveLength(2)
  })

  it('never shows the password', () => {
    expect(textReport(plan, result) + jsonReport(result)).not.toContain('secret')
  })

  it('has the keys of amqpload in its JSON', () => {
    expect(JSON.parse(jsonReport(result))).toMatchObject({
      published_per_s: 1_234_567,
      consumed_per_s: 1_000_000,
      confirmed_per_s: 1_200_000,
      nacked: 3,
      secs: 2,
      lat_p50_us: 12,
      lat_p99_us: 1500,
      lat_p999_us: 45_678,
      lat_max_us: 2_000_000,
      confirm_p50_us: 1,
      confirm_p99_us: 2,
      cpu_s: 1,
      cpu_us_per_msg: 0.5,
      rss_mb: 50,
      errors: 0,
    })
  })

  it('has numbers in its JSON where nothing was measured', () => {
    const nothing = {
      ...result,
      seconds: 0,
      consumed: 0,
      published: 0,
      confirmed: 0,
      latency: undefined,
      cost: undefined,
    }
    for (const value of Object.values(JSON.parse(jsonReport(nothing)) as object))
      expect(value).toEqual(expect.any(Number))
  })
})

describe('a load plan', () => {
  it('shares out queues in turn', () => {
    expect([0, 1, 2, 3].map(index => queueName({ ...plan, queues: 3 }, index))).toEqual([
      'bench-0',
      'bench-1',
      'bench-2',
      'bench-0',
    ])
  })

  it.each([
    [10, 3, [4, 3, 3]],
    [2, 3, [1, 1, 0]],
    [0, 2, [0, 0]],
  ])('shares out %d messages among %d', (total, of, shares) => {
    expect(shares.map((_, index) => shareOf(total, index, of))).toEqual(shares)
  })
})
