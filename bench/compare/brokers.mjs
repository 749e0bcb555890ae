/** The brokers that a comparison starts itself: Leveret from dist/, and the machine's RabbitMQ when there is one. */
import { execFileSync } from 'node:child_process'
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { nameIn } from './handshake.mjs'
import { freePort, Started } from './processes.mjs'

export const dist = join(import.meta.dirname, '../../dist')

const LEVERET_TIMEOUT_MS = 10_000
const RABBITMQ_TIMEOUT_MS = 120_000

/** With `durable` it keeps its data in a folder; else everything in memory. With `bare` it speaks AMQP only. */
export async function startLeveret({ durable = false, bare = false } = {}) {
  const port = await freePort()
  const started = new Started('Leveret', folder => ({
    command: process.execPath,
    args: [
      join(dist, 'main.js'),
      'serve',
      ...['--port', String(port), '--log-level', 'warn'],
      ...(bare
        ? ['--no-management', '--no-prometheus']
        : ['--management-port', '0', '--prometheus-port', '0']),
      ...(durable ? ['--data-dir', join(folder, 'data')] : ['--in-memory']),
    ],
    env: withoutOptions(),
  }))
  const url = `amqp://guest:guest@127.0.0.1:${port}/`
  const { start, startMs } = await started.listening(url, LEVERET_TIMEOUT_MS)
  const folder = join(started.folder, 'data')
  if (durable && !(existsSync(folder) && readdirSync(folder).length > 0)) {
    throw new Error('this build writes nothing to --data-dir: there is nothing durable to compare')
  }
  const name = `${nameIn(start)}, ${durable ? 'on disk' : 'in memory'}`
  return { name, url, pid: started.pid, startMs, isOurs: true, keeps: durable, stop: () => started.stop() }
}

/**
 * Debian's rabbitmq-server, with its defaults but for where it listens (127.0.0.1 only, free ports, a port mapper of its
 * own) and where its files are (a temporary folder). As root it runs as the user rabbitmq.
 */
export async function startRabbitMq() {
  const command = rabbitMqCommand()
  if (command === undefined) throw new Error('there is no rabbitmq-server on this machine')
  const account = process.getuid?.() === 0 ? accountOf('rabbitmq') : {}
  const [port, distPort, epmdPort] = [await freePort(), await freePort(), await freePort()]
  const epmd = new Started('epmd', () => ({
    command: 'epmd',
    args: ['-address', '127.0.0.1', '-port', String(epmdPort)],
    ...account,
  }))
  const pidFile = folder => join(folder, 'pid')
  const started = new Started('RabbitMQ', folder => {
    writeFileSync(join(folder, 'rabbitmq.conf'), `listeners.tcp.1 = 127.0.0.1:${port}\n`)
    writeFileSync(join(folder, 'enabled_plugins'), '[].\n')
    for (const name of ['home', 'mnesia', 'log']) mkdirSync(join(folder, name))
    const env = {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: join(folder, 'home'),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(epmdPort),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_DIST_PORT: String(distPort),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_NODENAME: `leveret-compare-${process.pid}@localhost`,
      RABBITMQ_PID_FILE: pidFile(folder),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    }
    giveTo(account, folder)
    return { command, args: [], env, ...account }
  })
  const url = `amqp://guest:guest@127.0.0.1:${port}/`
  const { start, startMs } = await started.listening(url, RABBITMQ_TIMEOUT_MS)
  const stop = async () => {
    await started.stop()
    await epmd.stop()
  }
  const pid = Number(readFileSync(pidFile(started.folder), 'utf8'))
  return { name: nameIn(start), url, pid, startMs, isOurs: false, keeps: true, stop }
}

/** Not Debian's wrapper in /usr/sbin: that one writes to /var/log. */
function rabbitMqCommand() {
  const folders = ['/usr/lib/rabbitmq/bin', ...(process.env.PATH ?? '').split(delimiter)]
  return folders.map(folder => join(folder, 'rabbitmq-server')).find(isExecutable)
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function accountOf(user) {
  const id = flag => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function giveTo({ uid, gid }, folder) {
  if (uid === undefined) return
  for (const name of ['.', ...readdirSync(folder)]) chownSync(join(folder, name), uid, gid)
}

/** It has the default options, whatever this shell sets. */
function withoutOptions() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(LEVERET|RABBITMQ)_/.test(name)),
  )
}
