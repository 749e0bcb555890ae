/** pika, the Python client, in a process of its own (pika_driver.py) that is told what to do line by line. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Table } from '../support/methods'
import type { Adapter, ClientChannel, ClientConnection, Message, Publishing } from './adapter'

export function pikaBy(python: string): Adapter {
  return { name: 'pika', connect: url => Driver.start(python, url) }
}

interface Line {
  readonly id?: number
  readonly value?: unknown
  readonly error?: string
  readonly event?: 'connected' | 'refused' | 'message' | 'return'
  readonly channel?: number
  readonly consumer?: string
  readonly message?: Message & { readonly body: string }
}

interface Pending {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

class Driver implements ClientConnection {
  private readonly pending = new Map<number, Pending>()
  private readonly listeners = new Map<string, (message: Message) => void>()
  private readonly early: Line[] = []
  private lastId = 0

  private constructor(private readonly child: ChildProcess) {}

  static start(python: string, url: string): Promise<Driver> {
    const child = spawn(python, [join(__dirname, 'pika_driver.py'), url], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const driver = new Driver(child)
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', text => {
        const line = JSON.parse(text) as Line
        if (line.event === 'connected') resolve(driver)
        else if (line.event === 'refused') reject(new Error(line.error))
        else driver.receive(line)
      })
      child.once('exit', () => driver.end())
    })
  }

  call<T>(action: string, request: object = {}): Promise<T> {
    const id = ++this.lastId
    const answer = new Promise<T>((resolve, reject) => this.pending.set(id, { resolve, reject }))
    this.child.stdin?.write(`${JSON.stringify({ id, do: action, ...request })}\n`)
    return answer
  }

  /** Messages of a consumer, or what a channel is given back; those that came before are handed over at once. */
  listen(key: string, run: (message: Message) => void): void {
    this.listeners.set(key, run)
    for (const line of this.early.splice(0)) this.receive(line)
  }

  async channel(): Promise<ClientChannel> {
    return adapt(this, await this.call<number>('channel'))
  }

  close(): Promise<void> {
    const exited = new Promise<void>(resolve => {
      if (this.child.exitCode !== null) resolve()
      this.child.once('exit', () => resolve())
    })
    this.child.stdin?.end(`${JSON.stringify({ do: 'close' })}\n`)
    return exited
  }

  private receive(line: Line): void {
    if (line.id !== undefined) return this.answer(line.id, line)
    const run = this.listeners.get(
      line.event === 'return' ? `${line.channel} return` : `${line.channel} ${line.consumer}`,
    )
    if (run === undefined) this.early.push(line)
    else if (line.message !== undefined) run(messageOf(line.message))
  }

  private answer(id: number, { value, error }: Line): void {
    const pending = this.pending.get(id)
    this.pending.delete(id)
    if (error === undefined) pending?.resolve(value as never)
    else pending?.reject(new Error(error))
  }

  private end(): void {
    for (const { reject } of this.pending.values()) reject(new Error('pika is gone'))
    this.pending.clear()
  }
}

function adapt(driver: Driver, channel: number): ClientChannel {
  const call = <T>(action: string, request: object = {}) => driver.call<T>(action, { channel, ...request })
  return {
    confirm: () => call('confirm'),
    declareQueue: (queue, options = {}) => call('declareQueue', { queue, options }),
    deleteQueue: queue => call('deleteQueue', { queue }),
    purgeQueue: queue => call('purgeQueue', { queue }),
    declareExchange: (exchange, type, options = {}) => call('declareExchange', { exchange, type, options }),
    deleteExchange: exchange => call('deleteExchange', { exchange }),
    bindQueue: (queue, exchange, routingKey, args?: Table) =>
      call('bindQueue', { queue, exchange, routingKey, arguments: args }),
    unbindQueue: (queue, exchange, routingKey, args?: Table) =>
      call('unbindQueue', { queue, exchange, routingKey, arguments: args }),
    publish: publishing => call('publish', requestOf(publishing)),
    onReturn: run => driver.listen(`${channel} return`, run),
    async get(queue, noAck = false) {
      const message = await call<(Message & { body: string }) | null>('get', { queue, noAck })
      return message === null ? undefined : messageOf(message)
    },
    prefetch: count => call('prefetch', { count }),
    async consume(queue, options, run) {
      const consumerTag = await call<string>('consume', { queue, options })
      driver.listen(`${channel} ${consumerTag}`, run)
      return consumerTag
    },
    cancel: consumerTag => call('cancel', { consumerTag }),
    ack: (deliveryTag, multiple = false) => call('ack', { deliveryTag, multiple }),
    nack: (deliveryTag, requeue) => call('nack', { deliveryTag, requeue }),
    close: () => call('closeChannel'),
    tx: {
      select: () => call('txSelect'),
      commit: () => call('txCommit'),
      rollback: () => call('txRollback'),
    },
  }
}

function requestOf({
  exchange = '',
  routingKey = '',
  mandatory = false,
  body = '',
  properties = {},
}: Publishing) {
  return { exchange, routingKey, mandatory, body: Buffer.from(body).toString('base64'), properties }
}

function messageOf(message: Message & { readonly body: string }): Message {
  return { ...message, body: Buffer.from(message.body, 'base64') }
}
