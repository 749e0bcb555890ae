/** What a test may see of a virtual host, and wait for in it. */
import type { Vhost } from '../broker/vhost'
import type { Journal } from './seeing/journal'
import { describeMatcher, type MessageMatcher, matches } from './seeing/matcher'
import type { PublishedMessage } from './seeing/published-message'
import { QueueView, type SeenConsumer, testQueues } from './seeing/queue-view'
import type { Strictness } from './strict/strictness'
import type { Violation, ViolationMatcher } from './strict/violation'
import type { Allowance } from './strict/violations'
import type { Patience, WaitOptions } from './time/patience'
import type { Quiet } from './time/quiet'

export interface Watching {
  readonly journal: Journal
  readonly patience: Patience
  readonly quiet: Quiet
  readonly strictness: Strictness
  /** @throws Error when there is none of this name any more */
  vhostNamed(name: string): Vhost
}

/** Messages that an error tells of. */
const SHOWN_MAX = 20

export class WatchedVhost {
  constructor(
    readonly vhostName: string,
    protected readonly watching: Watching,
  ) {}

  /** It need not be there yet. */
  queue(name: string): QueueView {
    return new QueueView(() => this.seenVhost, name)
  }

  /** Messages published since the broker was started or reset, the oldest first; only so many are kept. */
  published(matcher: MessageMatcher = {}): PublishedMessage[] {
    return this.watching.journal.messages.filter(
      message => message.vhost === this.vhostName && matches(message, matcher),
    )
  }

  /** The first message that matches: it was published already, or will be. @throws WaitedInVain, which tells what was */
  waitForMessage(matcher: MessageMatcher, options?: WaitOptions): Promise<PublishedMessage> {
    return this.watching.patience.until(
      () => this.published(matcher)[0],
      () => `no message ${describeMatcher(matcher)} was published. ${this.describePublished()}`,
      options,
    )
  }

  /** Ends when somebody consumes the queue, also one that is not there yet. @throws WaitedInVain */
  waitForConsumer(queue: string, options?: WaitOptions): Promise<SeenConsumer> {
    const view = this.queue(queue)
    return this.watching.patience.until(
      () => (view.exists ? view.consumers[0] : undefined),
      () => `nobody consumes queue ${JSON.stringify(queue)}. ${this.whoConsumes(view)}`,
      options,
    )
  }

  /**
   * Ends when nothing waits in any queue, everything is acknowledged, and nothing happens any more.
   * @throws WaitedInVain, which tells what is left where, and how it came there
   */
  async settled(options?: WaitOptions): Promise<void> {
    const { patience, quiet } = this.watching
    const isEmpty = () => this.unsettledQueues().length === 0
    const settled = async (): Promise<true | undefined> => {
      if (!isEmpty()) return undefined
      await quiet.comes()
      return isEmpty() || undefined
    }
    await patience.until(settled, () => `not everything is settled:\n${this.whatIsLeft()}`, options)
  }

  /** What clients did since the start or the last reset and should not have; nothing unless the broker is strict. */
  violations(): Violation[] {
    return this.watching.strictness.violations.of(this.violationsOf)
  }

  /** Such violations are none, those that are there and those to come, until the broker is reset: what a test provokes. */
  allow(matcher: ViolationMatcher): Allowance {
    return this.watching.strictness.violations.allow(matcher, this.violationsOf)
  }

  /**
   * Once all that was sent has arrived. They are told of once.
   * @throws StrictViolated if there are any, and Error if nobody looks for them
   */
  async expectStrict(): Promise<void> {
    if (!this.watching.strictness.isWatching)
      throw new Error('the test broker is not strict: it is with TestBroker.start({ strict: true })')
    await this.watching.quiet.comes()
    this.watching.strictness.violations.tell(this.violationsOf)
  }

  /** The last of what was published, for people. */
  describePublished(): string {
    const published = this.published()
    if (published.length === 0) return 'Nothing was published.'
    const lines = published.slice(-SHOWN_MAX).map(message => {
      const { queues } = message.journey
      return `  ${message} (${queues.length === 0 ? 'in no queue' : `in ${queues.join(', ')}`})`
    })
    const before = published.length - lines.length
    return `Published: ${before === 0 ? '' : `${before} others, and`}\n${lines.join('\n')}`
  }

  /** The virtual host whose violations are meant; undefined: all. */
  protected get violationsOf(): string | undefined {
    return this.vhostName
  }

  protected get seenVhost(): Vhost {
    return this.watching.vhostNamed(this.vhostName)
  }

  private unsettledQueues() {
    return [...this.seenVhost.queues.values()].filter(
      ({ messageCount, unacknowledgedCount, delayedCount }) =>
        messageCount + unacknowledgedCount + delayedCount > 0,
    )
  }

  private whoConsumes(view: QueueView): string {
    const consumed = testQueues(this.seenVhost).filter(({ isConsumed }) => isConsumed)
    const names = consumed.map(({ name }) => JSON.stringify(name)).join(', ')
    const others = names === '' ? 'No other queue is consumed' : `Consumed: ${names}`
    return view.exists ? `${others}.` : `There is no such queue. ${others}.`
  }

  private whatIsLeft(): string {
    const queues = this.unsettledQueues().map(({ name, messageCount, unacknowledgedCount, consumers }) => {
      const out = `${messageCount} waiting, ${unacknowledgedCount} unacknowledged`
      return `  queue ${JSON.stringify(name)}: ${out}, ${consumers.count} consumers`
    })
    const left = this.published().filter(({ journey }) => journey.places.size > 0)
    const journeys = left.slice(0, SHOWN_MAX).map(({ journey }) => `${journey}`)
    return [...queues, ...journeys].join('\n')
  }
}
