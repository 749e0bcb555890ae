/** What every scenario needs: connections of one library, a consumer that keeps what it gets, and a clean end. */
import { Broker, clientUrl } from '../support/broker'
import { patienceMs } from '../support/inbox'
import type { Adapter, ClientChannel, ClientConnection, ConsumeOptions, Message } from './adapter'

export interface Stage {
  readonly broker: Broker
  /** Another URL than the broker's, to be refused. */
  connect(url?: string): Promise<ClientConnection>
  channel(): Promise<ClientChannel>
}

/** Connections of one library, closed after each test, and everything cleared away. */
export function useStage(adapter: Adapter): Stage {
  const broker = new Broker()
  const connections: ClientConnection[] = []
  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.close().catch(() => {})
    await broker.clear()
  })
  afterAll(() => broker.end())
  const connect = async (url = clientUrl) => {
    const connection = await adapter.connect(url)
    connections.push(connection)
    return connection
  }
  return { broker, connect, channel: async () => (await connect()).channel() }
}

/** Messages as they come. */
export class Inbox {
  readonly messages: Message[] = []
  consumerTag = ''
  private wake = () => {}

  static async on(channel: ClientChannel, queue: string, options: ConsumeOptions = {}): Promise<Inbox> {
    const inbox = new Inbox()
    inbox.consumerTag = await channel.consume(queue, options, message => inbox.push(message))
    return inbox
  }

  static ofReturns(channel: ClientChannel): Inbox {
    const inbox = new Inbox()
    channel.onReturn(message => inbox.push(message))
    return inbox
  }

  get bodies(): string[] {
    return this.messages.map(({ body }) => body.toString())
  }

  /** Waits until there are so many messages, and checks that there are no more. */
  async holds(count: number): Promise<Message[]> {
    const deadline = Date.now() + patienceMs
    while (this.messages.length < count && Date.now() < deadline) await this.change(deadline)
    expect(this.messages).toHaveLength(count)
    return this.messages
  }

  private push(message: Message): void {
    this.messages.push(message)
    this.wake()
  }

  private change(deadline: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, deadline - Date.now())
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

export const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`)

/** The call fails, and its error carries the server's words. */
export async function expectRefusal(attempt: Promise<unknown>, words: string): Promise<void> {
  const error = await attempt.then(
    () => 'no error',
    (reason: unknown) => reason,
  )
  expect(String(error)).toContain(words)
}
