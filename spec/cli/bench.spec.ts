import { connect } from 'amqplib'
import { eventually } from '../support/eventually'
import { killAll, Leveret, leveret } from './leveret'

jest.setTimeout(30_000)
afterAll(killAll)

describe('leveret bench', () => {
  let url: string
  beforeAll(async () => {
    url = await new Leveret(['serve', '--port', '0', '--log-level', 'error']).says(/amqp:\/\/\S+/)
  })

  async function bench(...args: string[]) {
    const { code, output, errors } = await leveret(['bench', '--url', url, '--json', ...args])
    expect(errors).toBe('')
    expect(code).toBe(0)
    return JSON.parse(output) as Record<string, number>
  }

  it('publishes and consumes as many messages as it is told', async () => {
    const result = await bench('--count', '20000')
    expect(result).toMatchObject({ published: 20000, consumed: 20000, confirmed: 0, nacked: 0, errors: 0 })
    expect(result['lat_p50_us']).toBeGreaterThan(0)
    expect(result['lat_max_us']).toBeGreaterThanOrEqual(result['lat_p999_us'] ?? 0)
    expect(result['consumed_per_s']).toBeGreaterThan(1000)
  })

  it('confirms every publish, and acknowledges under a prefetch', async () => {
    const result = await bench(
      '--count',
      '10000',
      '--confirms',
      '100',
      '--ack-every',
      '10',
      '--prefetch',
      '50',
    )
    expect(result).toMatchObject({ published: 10000, consumed: 10000, nacked: 0 })
    expect(result['confirm_p50_us']).toBeGreaterThan(0)
  })

  it('confirms every publish when nobody consumes', async () => {
    const result = await bench('--count', '5000', '--confirms', '10', '--consumers', '0')
    expect(result).toMatchObject({ published: 5000, consumed: 0, confirmed: 5000 })
  })

  it('shares connections and queues out, and goes through an exchange', async () => {
    const many = ['--publishers', '3', '--consumers', '3', '--queues', '3', '--exchange', 'amq.direct']
    expect(await bench('--count', '3000', ...many)).toMatchObject({ published: 3000, consumed: 3000 })
  })

  it.each([
    ['0', 0],
    ['7', 0],
    ['200000', 1],
  ])('sends bodies of %s bytes', async (size, latencyAtLeast) => {
    const result = await bench('--count', '50', '--size', size)
    expect(result['consumed']).toBe(50)
    expect(result['lat_max_us']).toBeGreaterThanOrEqual(latencyAtLeast)
  })

  it('keeps to a rate and a duration', async () => {
    const result = await bench('--rate', '2000', '--duration', '0.5')
    expect(result['secs']).toBeGreaterThanOrEqual(0.5)
    expect(result['published']).toBeGreaterThan(100)
    expect(result['published']).toBeLessThanOrEqual(1100 * (result['secs'] ?? 0) * 2)
  })

  it('prints for people without --json, and removes its queues', async () => {
    const args = ['bench', '--url', url, '--count', '100', '--persistent', '--queue', 'mine']
    const { code, output } = await leveret(args)
    expect(code).toBe(0)
    expect(output).toMatch(/1 publisher, 1 consumer, 16 B persistent, no acks, \d/)
    expect(output).toMatch(/^ {2}consumed .* msg\/s$/m)
    expect(await hasQueue('mine-0')).toBe(false)
  })

  it('leaves its queues with --keep', async () => {
    const { code } = await leveret([
      'bench',
      '--url',
      url,
      '--count',
      '7',
      '--consumers',
      '0',
      '--queue',
      'kept',
      '--keep',
    ])
    expect(code).toBe(0)
    expect(await hasQueue('kept-0')).toBe(true)
  })

  it('stops at Ctrl-C with what it measured', async () => {
    const program = new Leveret([
      'bench',
      '--url',
      url,
      '--duration',
      '60',
      '--rate',
      '1000',
      '--queue',
      'interrupted',
    ])
    await eventually(async () => expect(await hasQueue('interrupted-0')).toBe(true))
    program.signal('SIGINT')
    expect(await program.exitCode).toBe(0)
    expect(program.output).toContain('published')
    expect(await hasQueue('interrupted-0')).toBe(false)
  })

  it.each([
    [['--url', 'amqp://127.0.0.1:1'], 'leveret bench: connect ECONNREFUSED 127.0.0.1:1'],
    [['--url', 'rabbit'], 'leveret bench: what was given is no AMQP URL'],
    [
      ['--size', '-1'],
      "error: option '--size <bytes>' argument '-1' is invalid. It must be a whole number from 0 to",
    ],
    [['--duration', '0'], "error: option '--duration <s>' argument '0' is invalid."],
    [['--broker', '--pid', '1'], "error: option '--broker' cannot be used with option '--pid <pid>'"],
    [
      ['--ack-every', '5', '--prefetch', '4'],
      'error: --ack-every 5 would wait for more than --prefetch 4 lets through',
    ],
  ])('refuses %j', async (args, message) => {
    const { code, output, errors } = await leveret(['bench', ...args])
    expect(code).toBe(args[0] === '--url' ? 1 : 2) // a wrong command line, or a broker that is not there
    expect(errors).toContain(message)
    expect(output).toBe('')
  })

  it('says what the broker had against it', async () => {
    const { code, errors } = await leveret(['bench', '--url', url, '--count', '1', '--exchange', 'nowhere'])
    expect(code).toBe(1)
    expect(errors).toContain("404 NOT_FOUND - no exchange 'nowhere' in vhost '/'")
  })

  it('ends with what it measured when the broker goes away', async () => {
    const broker = new Leveret(['serve', '--port', '0', '--log-level', 'silent'])
    const itsUrl = await broker.says(/amqp:\/\/\S+/)
    const load = ['--consumers', '0', '--duration', '60', '--rate', '1000', '--queue', 'lost']
    const program = new Leveret(['bench', '--url', itsUrl, ...load])
    await eventually(async () => expect(await messagesIn('lost-0', itsUrl)).toBeGreaterThan(0))
    broker.signal('SIGKILL')
    expect(await program.exitCode).toBe(1)
    expect(program.output).toContain('published')
    expect(program.errors).toMatch(/^leveret bench: publisher 0: /)
    expect(program.errors).toContain('the queues lost-* are left behind: connect ECONNREFUSED')
  })

  it('starts a broker of its own and tells what it cost', async () => {
    const { code, output, errors } = await leveret(['bench', '--broker', '--count', '50000', '--json'])
    expect(errors).not.toContain('leveret bench:')
    expect(code).toBe(0)
    const result = JSON.parse(output) as Record<string, number>
    expect(result['consumed']).toBe(50000)
    expect(result['rss_mb']).toBeGreaterThan(10)
  })

  async function hasQueue(name: string): Promise<boolean> {
    return (await messagesIn(name, url)) >= 0
  }

  /** -1: there is no such queue. */
  async function messagesIn(name: string, at: string): Promise<number> {
    const connection = await connect(at)
    const channel = await connection.createChannel()
    channel.on('error', () => {}) // 404
    const messages = await channel.checkQueue(name).then(
      found => found.messageCount,
      () => -1,
    )
    await connection.close()
    return messages
  }
})
