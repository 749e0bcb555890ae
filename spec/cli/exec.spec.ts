/** `leveret exec` as a process: the command it runs is a shell or Node, and the broker is seen through the command's eyes. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killAll, Leveret, leveret } from './leveret'

jest.setTimeout(60_000)
afterAll(killAll)

const amqplib = require.resolve('amqplib')
const quick = { LEVERET_MANAGEMENT: 'false' }

/** A command that is a program of Node's, with `connection` and `channel` open. */
function client(program: string): string[] {
  const opening = `const connection = await require(${JSON.stringify(amqplib)}).connect(process.env.AMQP_URL)
    const channel = await connection.createChannel()`
  return [process.execPath, '-e', `(async () => { ${opening}; ${program} })()`]
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}

async function answers(port: number): Promise<boolean> {
  return await new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

describe('leveret exec', () => {
  it('runs a command that finds its broker by AMQP_URL, and leaves nothing behind', async () => {
    const publish = `await channel.assertQueue('q'); channel.sendToQueue('q', Buffer.from('hello'))
      const got = await channel.get('q'); console.log(got.content.toString(), process.env.AMQP_URL)
      await connection.close()`
    const program = new Leveret(['exec', '--', ...client(publish)], quick)
    const said = await program.says(/hello (amqp:\S+)\n/)
    const files = readdirSync(program.workingFolder)
    expect(await program.exitCode).toBe(0)
    expect(program.errors).toBe('')
    expect(files).toEqual([])
    expect(await answers(portOf(said.slice('hello '.length)))).toBe(false)
  })

  it('serves the management API, and nobody is told of another broker without it', async () => {
    const show = ['sh', '-c', 'echo "[$LEVERET_URL|$RABBITMQ_MANAGEMENT_URL]"']
    const there = await leveret(['exec', '--management', '--', ...show], quick)
    expect(there.output).toMatch(/^\[(http:\/\/127\.0\.0\.1:\d+)\|\1\]\n$/)
    const elsewhere = { LEVERET_URL: 'http://127.0.0.1:15672' }
    const without = await leveret(['exec', '--no-management', '--', ...show], elsewhere)
    expect(without.output).toBe('[|]\n')
  })

  it('has a port, whatever the environment says', async () => {
    const { code, errors } = await leveret(['exec', '--', 'true'], { ...quick, LEVERET_PORT: 'false' })
    expect(errors).toBe(
      'leveret: environment LEVERET_PORT: the command needs a port, so it cannot be false\n',
    )
    expect(code).toBe(125)
  })

  it('passes stdin, stdout and stderr through', async () => {
    const { code, output, errors } = await leveret(['exec', '--', 'sh', '-c', 'cat; echo e >&2'], quick, 'in')
    expect({ code, output, errors }).toEqual({ code: 0, output: 'in', errors: 'e\n' })
  })

  it('hands the command its flags as they are', async () => {
    const { output } = await leveret(['exec', '--', 'printf', '[%s]', '--port', '-x', 'a b', ''], quick)
    expect(output).toBe('[--port][-x][a b][]')
  })

  it.each([
    ['exit 3', 3],
    ['kill -9 $$', 137],
    ['kill -TERM $$', 143],
  ])('ends as `%s` does', async (script, code) => {
    expect((await leveret(['exec', '--', 'sh', '-c', script], quick)).code).toBe(code)
  })

  it.each([
    [['there-is-no-such-command'], 127, 'leveret: there is no command there-is-no-such-command\n'],
    [['/etc/passwd'], 126, /^leveret: cannot run \/etc\/passwd: .*EACCES\n$/],
    [[''], 126, /^leveret: cannot run : .*\n$/],
  ])('says in one line that %j cannot be run', async (words, code, line) => {
    const ran = await leveret(['exec', '--', ...words], quick)
    expect(ran).toEqual({ code, output: '', errors: expect.stringMatching(line) })
  })

  it('does not run the command when there is no broker for it', async () => {
    const program = new Leveret(['exec', '--definitions', 'none.json', '--', 'touch', 'ran'], quick)
    expect(await program.exitCode).toBe(125)
    expect(program.errors).toMatch(/^leveret: definitions none\.json: cannot be read: .*\n$/)
    expect(existsSync(join(program.workingFolder, 'ran'))).toBe(false)
  })

  it('is told what is wrong with its command line', async () => {
    expect(await leveret(['exec'])).toMatchObject({ code: 2, output: '' })
    expect(await leveret(['exec', '--data-dir', 'x', '--', 'true'])).toMatchObject({ code: 2, output: '' })
    expect(await leveret(['exec', '--report', 'maybe', '--', 'true'])).toMatchObject({ code: 2, output: '' })
  })
})

describe('the user of leveret exec', () => {
  it('is made beside the users of definitions, in the virtual host that was asked for', async () => {
    const users = [{ name: 'ada', password_hash: '', tags: '' }]
    const queues = [{ name: 'seeded', vhost: 'shop', durable: true, auto_delete: false, arguments: {} }]
    const definitions = { users, vhosts: [{ name: 'shop' }], queues }
    const folder = mkdtempSync(join(tmpdir(), 'leveret-exec-'))
    const file = join(folder, 'definitions.json')
    writeFileSync(file, JSON.stringify(definitions))
    const flags = ['--definitions', file, '-p', 'shop', '-u', 'b/ob', '--password', 'p@ss']
    const check = `console.log((await channel.checkQueue('seeded')).queue, process.env.RABBITMQ_VHOST)
      await connection.close()`
    const { code, output } = await leveret(['exec', ...flags, '--', ...client(check)], quick)
    expect({ code, output }).toEqual({ code: 0, output: 'seeded shop\n' })
    rmSync(folder, { recursive: true })
  })
})

describe('a signal to leveret exec', () => {
  const trapping = (signal: string) =>
    `trap 'echo caught; exit 7' ${signal}; echo ready; while :; do sleep 0.05; done`

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
    'is passed on: %s',
    async signal => {
      const program = new Leveret(['exec', '--', 'sh', '-c', trapping(signal.slice(3))], quick)
      await program.says(/ready/)
      program.signal(signal)
      expect(await program.exitCode).toBe(7)
      expect(program.output).toBe('ready\ncaught\n')
    },
  )

  it('ends a command that does not care with its exit code', async () => {
    const program = new Leveret(['exec', '--', 'sh', '-c', 'echo ready; exec sleep 600'], quick)
    await program.says(/ready/)
    program.signal('SIGTERM')
    expect(await program.exitCode).toBe(143)
  })

  it('kills a command that ignores SIGTERM when it comes again', async () => {
    const stubborn = `process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log('ready')`
    const program = new Leveret(['exec', '--', process.execPath, '-e', stubborn], quick)
    await program.says(/ready/)
    program.signal('SIGTERM')
    await program.says(/no/)
    program.signal('SIGTERM')
    expect(await program.exitCode).toBe(137)
  })
})

describe('the report of leveret exec', () => {
  const leaving = (end: string) =>
    client(`await channel.assertQueue('orders')
      for (let i = 0; i < 3; i++) channel.sendToQueue('orders', Buffer.from('x'))
      await channel.prefetch(1)
      await channel.consume('orders', () => ${end}, { consumerTag: 'worker' })`)

  it('tells of a command that failed what it did not close, acknowledge or delete', async () => {
    const { code, errors } = await leveret(['exec', '--', ...leaving('process.exit(1)')], quick)
    expect(code).toBe(1)
    const [left = '', journeys = ''] = errors.split(/(?<=\n)(?=leveret)/)
    expect(journeys).toMatch(
      /^leveret: messages that wait or were lost:\n {2}message to the default exchange /,
    )
    expect(journeys.match(/published: by \S+ -> \S+ channel 1 \(guest\)$/gm)).toHaveLength(3)
    expect(left.split('\n').map(line => line.replace(/127\S+ -> \S+/, 'A -> B'))).toEqual([
      'leveret: the command has ended and left in the broker:',
      '  connection A -> B (guest in /)',
      '    channel 1',
      '      consumer worker of queue "orders"',
      '      1 unacknowledged from queue "orders"',
      '  queue "orders" in /: 3 ready, 0 unacknowledged',
      '',
    ])
  })

  it('says that there is nothing to tell only when it is asked for', async () => {
    const failing = ['--', 'sh', '-c', 'exit 1']
    expect((await leveret(['exec', ...failing], quick)).errors).toBe('')
    expect((await leveret(['exec', '--report', 'always', ...failing], quick)).errors).toBe(
      'leveret: the command has ended and left nothing in the broker\n',
    )
  })

  it('is not made of a command that did well, unless it is asked for', async () => {
    expect((await leveret(['exec', '--', ...leaving('process.exit(0)')], quick)).errors).toBe('')
    const asked = await leveret(['exec', '--report', 'always', '--', ...leaving('process.exit(0)')], quick)
    expect(asked.errors).toContain('queue "orders" in /: 3 ready')
    const never = await leveret(['exec', '--report', 'never', '--', ...leaving('process.exit(1)')], quick)
    expect(never.errors).toBe('')
  })

  it('has connections of a process that outlives the command, which are closed', async () => {
    const outliving = `connection.on('error', () => {}).on('close', () => process.exit()); process.send('there')`
    const [node, ...args] = client(outliving)
    const parent = `const child = require('child_process').spawn(${JSON.stringify(node)}, ${JSON.stringify(args)},
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true }); child.on('message', () => process.exit(1))`
    const { code, errors } = await leveret(['exec', '--', process.execPath, '-e', parent], quick)
    expect(code).toBe(1) // and both streams have ended: nobody is left that has them
    expect(errors).toMatch(/left in the broker:\n {2}connection .* \(guest in \/\)\n {4}channel 1\n$/)
  })

  it('has the journeys of the last messages that wait or were lost, or none', async () => {
    const publishing = client(`await channel.assertQueue('q')
      for (const text of ['done', 'one', 'two']) channel.sendToQueue('q', Buffer.from(text))
      channel.publish('amq.topic', 'k', Buffer.from('\\u001b[2J'))
      channel.ack(await channel.get('q'))
      await channel.checkQueue('q'); await connection.close(); process.exit(1)`)
    const { errors } = await leveret(['exec', '--journeys', '2', '--', ...publishing], quick)
    expect(errors.replace(/^ +\d\.\d{3}/gm, '  t').replace(/127\S+ -> \S+/g, 'A')).toBe(
      [
        'leveret: the command has ended and left in the broker:',
        '  queue "q" in /: 2 ready, 0 unacknowledged',
        'leveret: messages that wait or were lost; the last 2 of 3:',
        '  message to the default exchange with key "q": two',
        '  t s  published: by A channel 1 (guest)',
        '  t s  routed "q"',
        '  t s  enqueued "q"',
        '  message to "amq.topic" with key "k": \\u001b[2J',
        '  t s  published: by A channel 1 (guest)',
        '  t s  unroutable',
        '',
      ].join('\n'),
    )
    const none = await leveret(['exec', '--journeys', '0', '--', ...publishing], quick)
    expect(none.errors).not.toContain('message')
    expect(await leveret(['exec', '--journeys', '-1', '--', 'true'])).toMatchObject({ code: 2, output: '' })
  })

  it('is short, and no control character of a name reaches the terminal', async () => {
    const many = `for (let i = 0; i < 70; i++) await channel.assertQueue('\\u001b[2J' + i); process.exit(1)`
    const { errors } = await leveret(['exec', '--', ...client(many)], quick)
    expect(errors.split('\n')).toHaveLength(63)
    expect(errors).toMatch(/ … and 12 lines more\n$/)
    expect(errors).toContain('queue "\\u001b[2J0" in /')
  })
})

describe('leveret exec --strict', () => {
  const losing = (code: number) =>
    client(`await channel.assertQueue('q'); await channel.prefetch(1)
      channel.sendToQueue('q', Buffer.from('one')); channel.sendToQueue('nowhere', Buffer.from('two'))
      await channel.consume('q', () => process.exit(${code}))`)

  it('fails a command that does well, with what its clients should not have done', async () => {
    const { code, errors } = await leveret(['exec', '--strict', '--', ...losing(0)], quick)
    expect(code).toBe(9)
    expect(errors).toMatch(
      /^leveret: strict mode minds:\n {2}unroutable: \S+ -> \S+ channel 1 \(guest\) published to the default exchange with key "nowhere": no queue took it\n {4}message /,
    )
    expect(errors).toMatch(
      /^ {2}unacked: .* ended with 1 delivery of queue "q" not acknowledged\n {4}message /m,
    )
  })

  it('leaves the exit code of a command that fails', async () => {
    expect(await leveret(['exec', '--strict', '--report', 'never', '--', ...losing(3)], quick)).toMatchObject(
      {
        code: 3,
        errors: expect.stringMatching(/^leveret: strict mode minds:\n/),
      },
    )
  })

  it('goes by the rules that are named', async () => {
    const named = (rules: string) => leveret(['exec', '--strict-rules', rules, '--', ...losing(0)], quick)
    expect(await named('prefetch,errors')).toMatchObject({ code: 0, errors: '' })
    expect((await named('unacked')).errors.match(/^ {2}(unroutable|unacked)/gm)).toEqual(['  unacked'])
    const { code, errors } = await leveret(['exec', '--strict-rules', 'redeclare', '--', 'true'])
    expect({ code, errors }).toEqual({
      code: 2,
      errors: expect.stringContaining('There is no rule "redeclare".'),
    })
  })

  it('lets pass what is allowed', async () => {
    const allowing = (...allowed: string[]) => {
      const flags = allowed.flatMap(text => ['--strict-allow', text])
      return leveret(['exec', ...flags, '--', ...losing(0)], quick)
    }
    expect(await allowing('nowhere', 'queue "q"')).toMatchObject({ code: 0, errors: '' })
    expect((await allowing('nowhere')).errors.match(/^ {2}(unroutable|unacked)/gm)).toEqual(['  unacked'])
  })

  it('has nothing to say of a command that does nothing wrong', async () => {
    const { code, errors } = await leveret(
      ['exec', '--strict', '--', ...client('await connection.close()')],
      quick,
    )
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
  })
})
