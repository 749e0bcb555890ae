import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'amqplib'
import { certificatePath, clientTls } from '../support/certificates'
import { eventually } from '../support/eventually'
import { killAll, Leveret, leveret } from './leveret'

const folder = mkdtempSync(join(tmpdir(), 'leveret-serve-'))
const file = join(folder, 'leveret.json')
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(killAll)

const address = /amqp:\/\/\S+/

describe('leveret serve', () => {
  it('says where it listens and how to stop it, and a client can connect there', async () => {
    const program = new Leveret(['serve', '--port', '0'])
    const url = await program.says(address)
    expect(url).toMatch(/^amqp:\/\/guest:guest@127\.0\.0\.1:[1-9]\d*$/)
    expect(program.output).toContain('Stop it with Ctrl-C.')
    const connection = await connect(url)
    const channel = await connection.createChannel()
    await channel.assertQueue('q')
    await connection.close()
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with exit code 0 on %s, also with a client connected',
    async signal => {
      const program = new Leveret(['serve', '--port', '0'])
      const connection = await connect(await program.says(address))
      connection.on('error', () => {}) // CONNECTION_FORCED
      program.signal(signal)
      expect(await program.exitCode).toBe(0)
      expect(program.errors).toContain('stopping')
    },
  )

  it('keeps its data in leveret-data of the working folder, and nothing with --in-memory', async () => {
    const program = new Leveret(['serve', '--port', '0'])
    const database = join(program.workingFolder, 'leveret-data', 'leveret.db')
    await program.says(address)
    expect(program.output).toMatch(/What is durable is kept in .*leveret-data\./)
    expect(existsSync(database)).toBe(true)
    const inMemory = new Leveret(['serve', '--port', '0', '--in-memory', '--data-dir', 'elsewhere'])
    await inMemory.says(address)
    expect(inMemory.output).toContain('Everything is in memory and ends with it.')
    expect(readdirSync(inMemory.workingFolder)).toEqual([])
  })

  it('is told by flags, environment and config file', async () => {
    writeFileSync(
      file,
      JSON.stringify({ port: 0, defaultUser: 'file', defaultVhost: 'file', defaultPass: 'p' }),
    )
    const program = new Leveret(['serve', '--config', file, '--default-vhost', 'a/b'], {
      RABBITMQ_DEFAULT_USER: 'anna',
    })
    const url = await program.says(address)
    expect(url).toMatch(/^amqp:\/\/anna:\*\*\*@127\.0\.0\.1:\d+\/a%2Fb$/)
    const connection = await connect(url.replace('***', 'p'))
    await connection.close()
  })

  it('says when others can reach it too', async () => {
    const program = new Leveret(['serve', '--port', '0', '--host', '0.0.0.0'])
    await program.says(/amqp:\/\/guest:guest@127\.0\.0\.1:\d+ and on every other address of this machine/)
  })

  it('says everything it listens on, and reads its certificate again on SIGHUP', async () => {
    const tls = ['--tls-port', '0', '--tls-cert', certificatePath('server.pem')]
    const program = new Leveret([
      ...['serve', '--port', '0', '--socket', 'leveret.sock', ...tls],
      ...['--tls-key', certificatePath('server.key')],
    ])
    await program.says(address)
    expect(program.output).toMatch(
      /^Leveret listens on amqp:.*\n +and on amqps:\/\/guest:guest@127\.0\.0\.1:\d+\n +and on the unix socket leveret\.sock\n/,
    )
    program.signal('SIGHUP')
    await eventually(() => expect(program.errors).toContain('the certificate was read again'))
    program.signal('SIGTERM')
    expect(await program.exitCode).toBe(0)
  })

  it('listens over TLS only when it is told so', async () => {
    const tls = ['--tls-port', '0', '--tls-cert', certificatePath('server.pem')]
    const key = ['--tls-key', certificatePath('server.key')]
    const program = new Leveret(['serve', '--no-port', ...tls, ...key])
    const url = await program.says(/amqps:\/\/\S+/)
    expect(program.output).toMatch(
      /^Leveret listens on amqps:\/\/guest:guest@127\.0\.0\.1:\d+\nWhat is durable/,
    )
    await (await connect(url, clientTls())).close()
  })

  it('says in one line that nobody could get in', async () => {
    const { code, errors } = await leveret(['serve'], { LEVERET_PORT: 'false' })
    expect(code).toBe(1)
    expect(errors).toBe(
      'leveret: option "port" is false, and there is no other way in: give tlsCert, socket or management\n',
    )
  })

  it('says in one line that a certificate cannot be used, and how to choose another port for TLS', async () => {
    const cert = ['--tls-cert', certificatePath('server.pem'), '--tls-key']
    const missing = await leveret(['serve', '--port', '0', ...cert, 'nowhere.key'])
    expect(missing).toMatchObject({ code: 1, output: '' })
    expect(missing.errors).toMatch(/^leveret: tlsKey nowhere\.key: cannot be read: ENOENT.*\n$/)
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const place = ['--port', '0', '--tls-port', String(port)]
    const { errors } = await leveret(['serve', ...place, ...cert, certificatePath('server.key')])
    other.close()
    expect(errors).toMatch(/^leveret: port \d+ on 127\.0\.0\.1 is in use;.* choose with --tls-port .*\n$/)
  })

  it('logs JSON to standard error when that is no terminal', async () => {
    const program = new Leveret(['serve', '--port', '0', '--log-level', 'trace'])
    await program.says(address)
    program.signal('SIGTERM')
    await program.exitCode
    const records = program.errors.split('\n').filter(line => line.startsWith('{'))
    for (const record of records) expect(JSON.parse(record)).toHaveProperty('level')
    expect(program.output.split('\n')).toHaveLength(3)
  })

  it('says in one line that the port is in use, with exit code 1', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const { code, errors, output } = await leveret(['serve', '--port', String(port)])
    other.close()
    expect(code).toBe(1)
    expect(errors).toMatch(new RegExp(`^leveret: port ${port} on 127.0.0.1 is in use;.*\n$`))
    expect(output).toBe('')
  })

  it('says in one line that the host is no address of this machine', async () => {
    const { code, errors } = await leveret(['serve', '--port', '0', '--host', '203.0.113.1'])
    expect(code).toBe(1)
    expect(errors).toBe(
      'leveret: cannot listen on 203.0.113.1: it is no address of this machine; choose with --host\n',
    )
  })

  it.each([
    [
      ['--port', 'http'],
      {},
      'flag --port must be a whole number from 0 to 65535 (0 is a free port) or false (no such port), got "http"',
    ],
    [['--compat', '3.8'], {}, 'flag --compat must be one of "3.13", "4.2", "4.3", got "3.8"'],
    [['--config', 'nowhere.json'], {}, 'config file nowhere.json: cannot be read: ENOENT'],
    [[], { LEVERET_PROT: '1' }, 'environment: unknown option "LEVERET_PROT"; did you mean "LEVERET_PORT"?'],
    [
      [],
      { LEVERET_HEARTBEAT: '1h' },
      'environment LEVERET_HEARTBEAT must be a whole number from 0 to 65535 s',
    ],
  ])('refuses %j with %j', async (args, environment, message) => {
    const { code, errors, output } = await leveret(['serve', ...args], environment)
    expect(code).toBe(1)
    expect(errors).toContain(`leveret: ${message}`)
    expect(errors.trimEnd().split('\n')).toHaveLength(1)
    expect(output).toBe('')
  })
})
