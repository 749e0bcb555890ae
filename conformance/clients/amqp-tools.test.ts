/** The command line tools of rabbitmq-c (Debian: amqp-tools), each in a process of its own. */
import { spawn, spawnSync } from 'node:child_process'
import { clientUrl, useBroker } from '../support/broker'

const broker = useBroker()

const isHere = spawnSync('amqp-publish', ['--help'], { stdio: 'ignore' }).error === undefined

interface Outcome {
  readonly status: number | null
  readonly output: string
  readonly complaints: string
}

function run(tool: string, args: string[], input = '', url = clientUrl): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, ['--url', url, ...args])
    let output = ''
    let complaints = ''
    child.stdout.on('data', chunk => {
      output += chunk
    })
    child.stderr.on('data', chunk => {
      complaints += chunk
    })
    child.once('error', reject)
    child.once('close', status => resolve({ status, output, complaints }))
    child.stdin.on('error', () => {}) // it may be over before it reads
    child.stdin.end(input)
  })
}

if (!isHere) it.skip('amqp-tools are not on this machine', () => {})
else describe('amqp-tools', describeTools)

function describeTools(): void {
  it('amqp-declare-queue declares a queue and prints its name', async () => {
    const queue = broker.name('tools')
    const { status, output } = await run('amqp-declare-queue', ['--queue', queue, '--durable'])
    expect([status, output]).toEqual([0, `${queue}\n`])
    const channel = await broker.channel()
    await channel.call('queue.declare', { queue, durable: true })
  })

  it('take a URL without a path for the virtual host /, and a lone slash for one without a name', async () => {
    const { host, port, user, password } = broker.target
    const address = `amqp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}`
    const queue = broker.name('tools')
    const declare = (url: string) => run('amqp-declare-queue', ['--queue', queue], '', url)
    expect(await declare(address)).toMatchObject({ status: 0, output: `${queue}\n` })
    const { status, complaints } = await declare(`${address}/`)
    expect(status).not.toBe(0)
    expect(complaints).toContain('NOT_ALLOWED - vhost  not found')
  })

  it('amqp-publish publishes what it reads, with properties and headers', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    const options = [
      '--routing-key',
      queue,
      '--persistent',
      '--content-type',
      'text/plain',
      '--header',
      'animal: hare',
    ]
    expect(await run('amqp-publish', options, 'from a pipe')).toMatchObject({ status: 0 })
    await channel.expectCounts(queue, { messages: 1 })
    const got = await channel.get(queue)
    expect(got?.body.toString()).toBe('from a pipe')
    expect(got?.properties).toEqual({
      contentType: 'text/plain',
      deliveryMode: 2,
      headers: { animal: 'hare' },
    })
  })

  it('amqp-publish publishes a body to an exchange', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'topic')
    const queue = await broker.queue(channel)
    await channel.call('queue.bind', { queue, exchange, routingKey: 'a.*' })
    await run('amqp-publish', ['--exchange', exchange, '--routing-key', 'a.b', '--body', 'hello'])
    await channel.expectCounts(queue, { messages: 1 })
    expect(await channel.get(queue)).toMatchObject({
      exchange,
      routingKey: 'a.b',
      body: Buffer.from('hello'),
    })
  })

  it('amqp-publish with --line-buffered publishes line by line', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    await run('amqp-publish', ['--routing-key', queue, '--line-buffered'], 'one\ntwo\nthree\n')
    await channel.expectCounts(queue, { messages: 3 })
    expect((await channel.drain(queue)).map(body => body.trim())).toEqual(['one', 'two', 'three'])
  })

  it('amqp-get prints a message, and says by its status that there is none', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    channel.publish({ routingKey: queue }, 'to a pipe')
    await channel.expectCounts(queue, { messages: 1 })
    const get = () => run('amqp-get', ['--queue', queue])
    expect(await get()).toEqual({ status: 0, output: 'to a pipe', complaints: '' })
    expect(await get()).toEqual({ status: 2, output: '', complaints: '' })
  })

  it('amqp-consume runs a command for each message and acknowledges it', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    for (const body of ['one ', 'two ', 'three ']) channel.publish({ routingKey: queue }, body)
    await channel.expectCounts(queue, { messages: 3 })
    const { status, output } = await run('amqp-consume', [
      '--queue',
      queue,
      '--count',
      '3',
      '--prefetch-count',
      '1',
      'cat',
    ])
    expect([status, output]).toEqual([0, 'one two three '])
    expect(await channel.get(queue)).toBeUndefined()
  })

  it('amqp-consume binds a queue of its own to an exchange', async () => {
    const channel = await broker.channel()
    const exchange = await broker.exchange(channel, 'fanout')
    const args = ['--exchange', exchange, '--routing-key', 'any', '--count', '1', '--exclusive', 'cat']
    let isOver = false
    const consuming = run('amqp-consume', args).finally(() => {
      isOver = true
    })
    do channel.publish({ exchange, mandatory: true }, 'hello')
    while (!isOver && (await isReturned()))
    expect(await consuming).toMatchObject({ status: 0, output: 'hello' })

    async function isReturned(): Promise<boolean> {
      await channel.sync()
      if (channel.unread.length === 0) return false
      await channel.returned()
      return true
    }
  })

  it('amqp-delete-queue deletes a queue and prints how many messages it had', async () => {
    const channel = await broker.channel()
    const queue = await broker.queue(channel, { exclusive: false })
    channel.publish({ routingKey: queue })
    await channel.expectCounts(queue, { messages: 1 })
    expect(await run('amqp-delete-queue', ['--queue', queue])).toMatchObject({ status: 0, output: '1\n' })
    channel.send('queue.declare', { queue, passive: true })
    await channel.expectClose(404, `NOT_FOUND - no ${broker.queueText(queue)}`, 'queue.declare')
  })

  it('amqp-get of a queue that does not exist prints what the server said', async () => {
    const queue = broker.name('missing')
    const { status, complaints } = await run('amqp-get', ['--queue', queue])
    expect(status).not.toBe(0)
    expect(complaints).toContain(`NOT_FOUND - no ${broker.queueText(queue)}`)
  })
}
