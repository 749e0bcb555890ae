/**
 * What a test file needs of the broker under test: connections, unique names, and everything cleared away after each
 * test, so that files can run side by side on a broker that others use too.
 */
import { randomBytes } from 'node:crypto'
import type { MethodFields } from './methods'
import { parseUrl, type Target } from './url'
import { type OpenOptions, Wire } from './wire'
import type { WireChannel } from './wire-channel'

export const brokerUrl = process.env['CONFORMANCE_URL'] ?? 'amqp://guest:guest@127.0.0.1:5672'

const { user, password, host, port, vhost } = parseUrl(brokerUrl)

/** The same with its virtual host spelled out: libraries do not agree on what `/` alone means. */
export const clientUrl = `amqp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(vhost)}`

export class Broker {
  readonly target: Target = parseUrl(brokerUrl)
  private readonly wires: Wire[] = []
  private readonly names: string[] = []
  private janitor: Janitor | undefined

  /** A socket on which nothing was sent. */
  async connect(): Promise<Wire> {
    const wire = await Wire.connect(brokerUrl)
    this.wires.push(wire)
    return wire
  }

  /** An open connection. */
  async open(options?: OpenOptions): Promise<Wire> {
    return (await this.connect()).open(options)
  }

  /** An open channel on a connection of its own. */
  async channel(options?: OpenOptions): Promise<WireChannel> {
    return (await this.open(options)).channel()
  }

  /** A name that no one else uses; a queue or exchange of this name is deleted after the test. */
  name(suffix = 'name'): string {
    return this.track(`conformance-${randomBytes(6).toString('hex')}-${suffix}`)
  }

  /** The same for a name that must look a certain way. */
  track(name: string): string {
    this.names.push(name)
    return name
  }

  /** Declares a queue, exclusive unless the fields say otherwise, and returns its name. */
  async queue(channel: WireChannel, fields: Partial<MethodFields['queue.declare']> = {}): Promise<string> {
    const declared = await channel.call('queue.declare', {
      queue: this.name('queue'),
      exclusive: true,
      ...fields,
    })
    return declared.queue
  }

  /** Declares an exchange and returns its name. */
  async exchange(
    channel: WireChannel,
    type: string,
    fields: Partial<MethodFields['exchange.declare']> = {},
  ): Promise<string> {
    const exchange = fields.exchange ?? this.name('exchange')
    await channel.call('exchange.declare', { exchange, type, ...fields })
    return exchange
  }

  /** `queue 'q' in vhost '/'`, as error texts have it. */
  queueText(name: string): string {
    return `queue '${name}' in vhost '${this.target.vhost}'`
  }

  exchangeText(name: string): string {
    return `exchange '${name}' in vhost '${this.target.vhost}'`
  }

  /** Closes the test's connections and deletes what has one of its names. */
  async clear(): Promise<void> {
    for (const wire of this.wires.splice(0)) await wire.destroy()
    const names = this.names.splice(0)
    if (names.length === 0) return
    this.janitor ??= await Janitor.start()
    for (const name of names) await this.janitor.remove(name)
  }

  async end(): Promise<void> {
    await this.janitor?.end()
    this.janitor = undefined
  }
}

/** Deletes what tests leave, on a connection of its own. */
class Janitor {
  private constructor(private channel: WireChannel) {}

  static async start(): Promise<Janitor> {
    return new Janitor(await Janitor.connect())
  }

  /** An exclusive queue stays locked until the server has noticed that its connection is gone: try again. */
  async remove(name: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.channel.call('queue.delete', { queue: name })
        await this.channel.call('exchange.delete', { exchange: name })
        return
      } catch (error) {
        if (attempt === 50) throw error
        await this.channel.wire.destroy()
        this.channel = await Janitor.connect()
      }
    }
  }

  async end(): Promise<void> {
    await this.channel.wire.close()
  }

  private static async connect(): Promise<WireChannel> {
    return (await (await Wire.connect(brokerUrl)).open()).channel()
  }
}

/** A broker for one test file, cleared after each test or, with 'all', after all of them. */
export function useBroker(clearAfter: 'each' | 'all' = 'each'): Broker {
  const broker = new Broker()
  const clear = () => broker.clear()
  if (clearAfter === 'each') afterEach(clear)
  else afterAll(clear)
  afterAll(() => broker.end())
  return broker
}
