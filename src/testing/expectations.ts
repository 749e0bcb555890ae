/** For `expect.extend` of jest and of vitest: what was published, what is in a queue, what was left behind. */
import { describeMatcher, isMeant, type MessageMatcher, type MessagePattern } from './seeing/matcher'
import type { QueueView } from './seeing/queue-view'
import { StrictViolated } from './strict/violations'
import type { TestBroker } from './test-broker'
import type { WatchedVhost } from './watched-vhost'

/** What `expect` has then; to be added to the types of the test runner. */
export interface BrokerExpectations<Result = void> {
  /** Of a broker or a virtual host: such a message was published since the last reset. */
  toHavePublished(matcher: MessageMatcher): Result
  /** Of a queue: these messages are in it, in the order of delivery, and no others. To be awaited. */
  toHaveMessages(patterns: readonly QueuedPattern[]): Promise<Result>
  /** Of a broker. */
  toHaveNoLeaks(): Result
  /** Of a strict broker or a virtual host of one. To be awaited. */
  toHaveNoViolations(): Promise<Result>
}

/** Which queue it is in is known. */
export type QueuedPattern = Omit<MessagePattern, 'queue'>

interface Verdict {
  readonly pass: boolean
  /** Why it failed: with `.not`, if it passed. */
  message(): string
}

export const brokerExpectations = {
  toHavePublished(
    seen: Pick<WatchedVhost, 'published' | 'describePublished'>,
    matcher: MessageMatcher,
  ): Verdict {
    const [found] = seen.published(matcher)
    const what = `message ${describeMatcher(matcher)}`
    return found === undefined
      ? { pass: false, message: () => `no ${what} was published. ${seen.describePublished()}` }
      : { pass: true, message: () => `a ${what} was published:\n${found.journey}` }
  },

  async toHaveMessages(queue: QueueView, patterns: readonly QueuedPattern[]): Promise<Verdict> {
    const messages = await queue.messages()
    const pass =
      messages.length === patterns.length &&
      messages.every((message, index) => isMeant(message, patterns[index] as QueuedPattern))
    const lines = messages.map(message => `  ${message} (${message.state})`)
    const there = lines.length === 0 ? 'it is empty' : `there are\n${lines.join('\n')}`
    const wanted = patterns.map(pattern => `  ${describeMatcher(pattern)}`).join('\n')
    const not = pass ? 'not ' : ''
    return {
      pass,
      message: () =>
        `queue ${JSON.stringify(queue.name)} was ${not}to have messages\n${wanted}\nand no others: ${there}`,
    }
  },

  toHaveNoLeaks(broker: Pick<TestBroker, 'leaks'>): Verdict {
    const leaks = broker.leaks()
    return { pass: leaks.isClean, message: () => `the test left behind:\n${leaks}` }
  },

  async toHaveNoViolations(seen: Pick<WatchedVhost, 'expectStrict'>): Promise<Verdict> {
    try {
      await seen.expectStrict()
    } catch (error) {
      if (!(error instanceof StrictViolated)) throw error
      return { pass: false, message: () => error.message }
    }
    return { pass: true, message: () => 'there was to be a violation, and there is none' }
  },
}
