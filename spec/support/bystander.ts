/**
 * A well-behaved client (amqplib) on a broker that others misuse: it publishes with confirms and consumes what it
 * published, and says whether each message was confirmed, came once and in its order.
 */
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'

const MESSAGES_PER_ROUND = 20
const BODY_BYTES = 100

export class Bystander {
  /** Rounds that went well. */
  rounds = 0
  slowestRoundMs = 0
  private published = 0
  private consumed = 0
  private failure: Error | undefined
  private isResting = true
  private going: Promise<void> | undefined
  private wake: () => void = () => {}

  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
    private readonly queue: string,
  ) {
    for (const source of [connection, channel]) {
      source.on('error', error => this.fail(error))
      source.on('close', () => this.fail(new Error('the bystander was disconnected')))
    }
  }

  static async start(url: string): Promise<Bystander> {
    return Bystander.on(await connect(`${url}?heartbeat=0`, { noDelay: true }))
  }

  static async on(connection: ChannelModel): Promise<Bystander> {
    const channel = await connection.createConfirmChannel()
    const { queue } = await channel.assertQueue('', { exclusive: true })
    const bystander = new Bystander(connection, channel, queue)
    await channel.prefetch(MESSAGES_PER_ROUND)
    await channel.consume(queue, message => bystander.receive(message?.content))
    return bystander
  }

  /** Publishes some messages and waits until they are confirmed and consumed. */
  async round(): Promise<void> {
    const started = performance.now()
    const last = this.published + MESSAGES_PER_ROUND
    while (this.published < last) {
      const body = Buffer.alloc(BODY_BYTES)
      body.writeUInt32BE(this.published++)
      this.channel.publish('', this.queue, body)
    }
    await this.channel.waitForConfirms()
    while (this.failure === undefined && this.consumed < last) await this.news()
    if (this.failure !== undefined) throw this.failure
    this.rounds++
    this.slowestRoundMs = Math.max(this.slowestRoundMs, performance.now() - started)
  }

  /** One round after the other, until `rest`. */
  keepGoing(): void {
    this.isResting = false
    this.going = (async () => {
      while (!this.isResting) {
        await this.round()
        await new Promise(resolve => setImmediate(resolve))
      }
    })()
    this.going.catch(() => {})
  }

  /** Throws if anything went wrong since `keepGoing`. */
  async rest(): Promise<void> {
    this.isResting = true
    await this.going
    this.going = undefined
  }

  /** Throws unless all is as it should be. */
  async unharmed(): Promise<void> {
    if (this.failure !== undefined) throw this.failure
    await this.round()
  }

  async close(): Promise<void> {
    this.connection.removeAllListeners('close')
    this.channel.removeAllListeners('close')
    await this.connection.close()
  }

  private receive(body: Buffer | undefined): void {
    if (body === undefined) this.fail(new Error("the bystander's consumer was cancelled"))
    else if (body.length !== BODY_BYTES || body.readUInt32BE() !== this.consumed) {
      this.fail(new Error(`the bystander expected message ${this.consumed}, got ${body.toString('hex')}`))
    } else this.consumed++
    // With `allUpTo` for half of them: both ways of acknowledging.
    if (this.consumed % 2 === 0) this.channel.ackAll()
    this.wake()
  }

  private fail(error: Error): void {
    this.failure ??= error
    this.wake()
  }

  private news(): Promise<void> {
    return new Promise(resolve => {
      this.wake = resolve
    })
  }
}
