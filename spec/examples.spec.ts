/**
 * Every program in examples/, run as a reader of its README would run it, and judged by what it prints.
 *
 * They talk to a broker of ours, or to the one at `EXAMPLES_URL`: the queues and exchanges of the tutorials are deleted
 * there before every spec and at the end. Receivers print "Waiting" only once they are bound, so nothing is sent before
 * that line.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import amqplib from 'amqplib'
import { eventually } from './support/eventually'
import { Program } from './support/processes'

interface EmbeddedBroker {
  readonly url: string
  close(): Promise<void>
}

jest.setTimeout(60_000)

const root = join(__dirname, '..')
const elsewhere = process.env['EXAMPLES_URL'] || undefined
const programs: Program[] = []
let broker: EmbeddedBroker | undefined

beforeAll(async () => {
  if (elsewhere !== undefined) return
  const { createBroker } = require('../dist') as { createBroker(options: object): Promise<EmbeddedBroker> }
  broker = await createBroker({ port: 0, logLevel: 'silent' })
})

beforeEach(() => deleteTutorialNames())

afterEach(() => Promise.all(programs.splice(0).map(program => program.kill())))

afterAll(async () => {
  if (elsewhere !== undefined) await deleteTutorialNames()
  await broker?.close()
})

/** Never undefined: amqplib would take that for amqp://localhost, and somebody's broker may be there. */
function url(): string {
  const found = elsewhere ?? broker?.url
  if (found === undefined) throw new Error('no broker was started')
  return found
}

/** Starts a program of examples/; whatever still runs at the end of a spec is killed. */
function start(file: string, ...args: string[]): Program {
  const program = new Program(join('examples', file), args, { cwd: root, env: { AMQP_URL: url() } })
  programs.push(program)
  return program
}

function run(file: string, ...args: string[]): Promise<readonly string[]> {
  return start(file, ...args).finished()
}

async function deleteTutorialNames(): Promise<void> {
  const connection = await amqplib.connect(url())
  const channel = await connection.createChannel()
  for (const queue of ['hello', 'task_queue', 'rpc_queue', 'tasks']) await channel.deleteQueue(queue)
  for (const worker of [1, 2, 3, 4]) await channel.deleteQueue(`shop.worker.${worker}`)
  for (const exchange of ['logs', 'direct_logs', 'topic_logs', 'shop.orders'])
    await channel.deleteExchange(exchange)
  await connection.close()
}

/** Whether of two consumers of such a queue the first gets all. */
async function hasSingleActiveConsumer(): Promise<boolean> {
  const connection = await amqplib.connect(url())
  const channel = await connection.createChannel()
  const own = { exclusive: true, arguments: { 'x-single-active-consumer': true } }
  const { queue } = await channel.assertQueue('', own)
  const got = [0, 0]
  for (const consumer of [0, 1]) await channel.consume(queue, () => got[consumer]!++, { noAck: true })
  for (let i = 0; i < 10; i++) channel.sendToQueue(queue, Buffer.from('?'))
  await eventually(async () => expect(got[0]! + got[1]!).toBe(10))
  await connection.close()
  return got[1] === 0
}

describe('the hello world tutorial', () => {
  it('receives what was sent before the receiver came, and after', async () => {
    expect(await run('tutorials/send.js')).toEqual([' [x] Sent Hello World!'])

    const receiver = start('tutorials/receive.js')
    await receiver.line(' [x] Received Hello World!')
    await run('tutorials/send.js')

    await eventually(() =>
      expect(receiver.lines).toEqual([
        ' [*] Waiting for messages in hello. To exit press CTRL+C',
        ' [x] Received Hello World!',
        ' [x] Received Hello World!',
      ]),
    )
  })
})

describe('the work queue tutorial', () => {
  it('keeps tasks until a worker comes, who gets the next one for acknowledging the last', async () => {
    expect(await run('tutorials/new_task.js', 'sweep')).toEqual([" [x] Sent 'sweep'"])
    await run('tutorials/new_task.js', 'wash')

    const worker = start('tutorials/worker.js')
    await worker.line(' [x] Received wash')

    expect(worker.lines.slice(0, 4)).toEqual([
      ' [*] Waiting for messages in task_queue. To exit press CTRL+C',
      ' [x] Received sweep',
      ' [x] Done',
      ' [x] Received wash',
    ])
  })

  it('leaves a busy worker alone, and hands its task on when it dies', async () => {
    const novel = `read${'.'.repeat(100)}`
    const busy = start('tutorials/worker.js')
    await run('tutorials/new_task.js', novel)
    await busy.line(` [x] Received ${novel}`)

    const idle = start('tutorials/worker.js')
    await run('tutorials/new_task.js', 'sweep')
    await idle.line(' [x] Done')
    expect(idle.lines).toContain(' [x] Received sweep')
    expect(busy.lines).toHaveLength(2)

    await busy.kill()
    await idle.line(` [x] Received ${novel}`)
  })
})

describe('the publish/subscribe tutorial', () => {
  it('shows a log line to everyone who listens', async () => {
    const receivers = [start('tutorials/receive_logs.js'), start('tutorials/receive_logs.js')]
    for (const receiver of receivers) await receiver.line(/^ \[\*\] Waiting for messages in amq\.gen-/)

    expect(await run('tutorials/emit_log.js', 'rain', 'tonight')).toEqual([' [x] Sent rain tonight'])

    for (const receiver of receivers) await receiver.line(' [x] rain tonight')
  })

  it('does not keep what was sent while nobody listened', async () => {
    await run('tutorials/emit_log.js', 'unheard')
    const receiver = start('tutorials/receive_logs.js')
    await receiver.line(/Waiting/)
    await run('tutorials/emit_log.js', 'heard')
    await receiver.line(' [x] heard')

    expect(receiver.lines).not.toContain(' [x] unheard')
  })
})

describe('the routing tutorial', () => {
  it('shows only the severities that were asked for', async () => {
    const receiver = start('tutorials/receive_logs_direct.js', 'warning', 'error')
    await receiver.line(' [*] Waiting for logs. To exit press CTRL+C')

    await run('tutorials/emit_log_direct.js')
    await run('tutorials/emit_log_direct.js', 'warning', 'hot')
    expect(await run('tutorials/emit_log_direct.js', 'error', 'on', 'fire')).toEqual([
      " [x] Sent error: 'on fire'",
    ])
    await receiver.line(" [x] error: 'on fire'")

    expect(receiver.lines.slice(1)).toEqual([" [x] warning: 'hot'", " [x] error: 'on fire'"])
  })
})

describe('the topics tutorial', () => {
  it('shows what matches a pattern, and once when it matches two', async () => {
    const kernel = start('tutorials/receive_logs_topic.js', 'kern.*', '#.critical')
    const everything = start('tutorials/receive_logs_topic.js', '#')
    for (const receiver of [kernel, everything])
      await receiver.line(' [*] Waiting for logs. To exit press CTRL+C')

    await run('tutorials/emit_log_topic.js')
    await run('tutorials/emit_log_topic.js', 'kern.critical', 'no memory')
    expect(await run('tutorials/emit_log_topic.js', 'mail.smtp.critical', 'no disk')).toEqual([
      " [x] Sent mail.smtp.critical: 'no disk'",
    ])
    await kernel.line(/no disk/)
    await everything.line(/no disk/)

    expect(kernel.lines.slice(1)).toEqual([
      " [x] kern.critical:'no memory'",
      " [x] mail.smtp.critical:'no disk'",
    ])
    expect(everything.lines.slice(1)).toEqual([
      " [x] anonymous.info:'Hello World!'",
      " [x] kern.critical:'no memory'",
      " [x] mail.smtp.critical:'no disk'",
    ])
  })
})

describe('the RPC tutorial', () => {
  it('answers every client with the number it asked for', async () => {
    const server = start('tutorials/rpc_server.js')
    await server.line(' [x] Awaiting RPC requests')

    const [thirty, ten] = await Promise.all([
      run('tutorials/rpc_client.js', '30'),
      run('tutorials/rpc_client.js', '10'),
    ])

    expect(thirty).toEqual([' [x] Requesting fib(30)', ' [.] Got 832040'])
    expect(ten).toEqual([' [x] Requesting fib(10)', ' [.] Got 55'])
    expect(server.lines.slice(1).sort()).toEqual([' [.] fib(10)', ' [.] fib(30)'])
  })
})

describe('the publisher confirms tutorial', () => {
  it('has every message confirmed and kept, whichever way it waits', async () => {
    const lines = await run('tutorials/publisher_confirms.js', '250')

    expect(lines).toEqual([
      expect.stringMatching(/^ \[x\] Published 250 messages individually in \d+ ms$/),
      ' [.] The queue holds 250',
      expect.stringMatching(/^ \[x\] Published 250 messages in batches in \d+ ms$/),
      ' [.] The queue holds 250',
      expect.stringMatching(/^ \[x\] Published 250 messages and handled confirms asynchronously in \d+ ms$/),
      ' [.] The queue holds 250',
    ])
  })
})

describe("amqplib's first example", () => {
  it('receives its own tasks, with promises', async () => {
    await start('amqplib-readme/promise.js').line('Received: something to do')
  })

  it('receives its own tasks, with callbacks', async () => {
    await start('amqplib-readme/callback.js').line('something to do')
  })
})

describe('orders that stay in order', () => {
  it('has every order created, paid, and taken from stock, while workers die', async () => {
    const workersPerQueue = (await hasSingleActiveConsumer()) ? '2' : '1'
    expect(await run('ordered-by-key/shop.js', '100', workersPerQueue)).toEqual([
      ' [x] Sent 300 steps of 100 orders',
      expect.stringMatching(/^ \[x\] [4-8] workers died$/),
      ' [x] Every order was created, paid, and taken from stock, in this order',
    ])
  })
})

// Another broker cannot be embedded.
const describeOurs = elsewhere === undefined ? describe : describe.skip

describeOurs('a broker in the same process', () => {
  const story = [
    expect.stringMatching(/^ \[\*\] The broker listens on amqp:\/\//),
    ' [x] Received Hello from the same process',
    ' [*] The broker is closed',
  ]

  it('passes a message on and leaves nothing running, imported', async () => {
    expect(await run('embedded.mjs')).toEqual(expect.arrayContaining(story))
  })

  it('passes a message on and leaves nothing running, required', async () => {
    expect(await run('embedded.cjs')).toEqual(expect.arrayContaining(story))
  })
})

describe('an example that needs an argument', () => {
  it('says how it is used when called without', async () => {
    for (const [program, usage] of [
      [start('tutorials/receive_logs_direct.js'), 'Usage: receive_logs_direct.js [info] [warning] [error]'],
      [start('tutorials/receive_logs_topic.js'), 'Usage: receive_logs_topic.js <facility>.<severity>'],
      [start('tutorials/rpc_client.js'), 'Usage: rpc_client.js num'],
      [start('ordered-by-key/worker.js'), 'Usage: worker.js <queue>'],
    ] as const) {
      expect(await program.exitCode).toBe(1)
      expect(program.lines).toEqual([usage])
    }
  })
})

describe('the folder examples/', () => {
  const files = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.[cm]?js$/.test(file))
    .filter(file => !file.startsWith('testing')) // run by a spec of their own
    .sort()

  it('holds nothing that is not run here', () => {
    const calls = readFileSync(__filename, 'utf8').matchAll(/\b(?:run|start)\('([^']+)'/g)

    expect([...new Set([...calls].map(call => call[1]))].sort()).toEqual(files)
  })

  it('has its README name every program, and no other', () => {
    const named = readFileSync(join(root, 'examples/README.md'), 'utf8').matchAll(
      /`node examples\/(\S+?\.[cm]?js)/g,
    )

    expect([...named].map(name => name[1]).sort()).toEqual(files)
  })

  it('connects where AMQP_URL says, else to amqp://localhost', () => {
    for (const file of files.filter(name => !name.startsWith('embedded'))) {
      const source = readFileSync(join(root, 'examples', file), 'utf8')
      expect([file, source.includes("process.env.AMQP_URL || 'amqp://localhost'")]).toEqual([file, true])
    }
  })
})
