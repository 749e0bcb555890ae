/**
 * What a broker answers on one channel while it is played to, beside what was answered when it was recorded. Replies to
 * requests come in order and are compared one by one; what comes by itself (deliveries, returns, confirms) is counted.
 */
import { methodName } from '../amqp/methods'
import type { Clock, Timer } from '../clock'

export interface Reply {
  readonly kind: string
  readonly id: number
  readonly payload: Buffer
}

/** They come when the broker likes. */
const unasked = ['basic.deliver', 'basic.return', 'basic.cancel', 'basic.ack', 'basic.nack', 'channel.flow']

export function isUnasked(kind: string): boolean {
  return unasked.includes(kind)
}

export class ReplayedChannel {
  /** It was closed here and not there, or there and not here: what is recorded of it makes no sense any more. */
  isLost = false
  private readonly replies: Reply[] = []
  private readonly counts = new Map<string, number>()
  private readonly recorded = new Map<string, number>()
  private wake: (() => void) | undefined
  private hasEnded = false

  constructor(
    private readonly clock: Clock,
    private readonly patienceMs: number,
  ) {}

  received(id: number, payload: Buffer): void {
    const kind = methodName(id)
    if (isUnasked(kind)) this.counts.set(kind, this.countOf(kind) + 1)
    else this.replies.push({ kind, id, payload })
    this.wake?.()
  }

  /** The connection is gone: nothing more will come. */
  end(): void {
    this.hasEnded = true
    this.wake?.()
  }

  /** The next reply; undefined: there was none for too long. */
  async reply(): Promise<Reply | undefined> {
    await this.until(() => this.replies.length > 0)
    return this.replies.shift()
  }

  /** Waits for as many of a kind as were recorded by now. False: they do not come, or a close came instead. */
  async keepsUp(kind: string): Promise<boolean> {
    const recorded = (this.recorded.get(kind) ?? 0) + 1
    this.recorded.set(kind, recorded)
    // Confirms may be for several messages: one for a hundred is as good as a hundred.
    if (kind === 'basic.ack') return await this.until(() => this.countOf(kind) > 0)
    return await this.until(() => this.countOf(kind) >= recorded)
  }

  /** The close that is there in the place of what does not come. */
  closeInstead(): Reply | undefined {
    return this.replies.find(({ kind }) => kind === 'channel.close')
  }

  /** Kinds that came more often than they were recorded, where that matters. */
  surplus(): string[] {
    const telling = ['basic.return', 'basic.cancel', 'basic.nack']
    return telling.filter(kind => this.countOf(kind) > (this.recorded.get(kind) ?? 0))
  }

  private countOf(kind: string): number {
    return this.counts.get(kind) ?? 0
  }

  private async until(isThere: () => boolean): Promise<boolean> {
    let isLate = false
    let timer: Timer | undefined
    const isClosed = (): boolean => this.hasEnded || this.replies.some(({ kind }) => kind === 'channel.close')
    while (!isThere() && !isLate && !isClosed()) {
      await new Promise<void>(resolve => {
        this.wake = resolve
        timer ??= this.clock.after(this.patienceMs, () => {
          isLate = true
          this.wake?.()
        })
      })
    }
    timer?.cancel()
    this.wake = undefined
    return isThere()
  }
}
