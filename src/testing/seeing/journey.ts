/** What became of one message, step by step, from its publisher on: also as a dead letter, which is the same message here. */
import type { SeenMessage } from './seen-message'

export interface PlaceQueue {
  readonly name: string
  readonly definition: { readonly id: number }
  unrecord(place: Place): void
}

/** Where a message of a journey is. */
export interface Place {
  readonly queue: PlaceQueue
  readonly position: number
  readonly journey: Journey
}

export type StepKind =
  | 'published'
  | 'routed'
  | 'unroutable'
  | 'enqueued'
  | 'refused'
  | 'duplicate'
  | 'delivered'
  | 'acked'
  | 'requeued'
  | 'rejected'
  | 'expired'
  | 'maxlen'
  | 'delivery_limit'
  | 'purged'
  | 'moved'
  | 'queue deleted'
  | 'recovered'
  | 'lost'

export interface JourneyStep {
  /** Milliseconds since 1970, in the broker's time. */
  readonly at: number
  readonly kind: StepKind
  /** Undefined: it is not about a queue. */
  readonly queue: string | undefined
  /** For people. */
  readonly detail: string
}

/** What is said of a message that dies and is no dead letter. */
export const DROPPED = 'dropped'

/** Of a message that goes round for ever the first and the last ones are kept. */
const STEPS_MAX = 100

export class Journey {
  readonly steps: JourneyStep[] = []
  /** Steps that are not in the list. */
  omitted = 0
  /** Where it is. */
  readonly places = new Set<Place>()
  /** Queues that it is on its way to. */
  readonly awaited = new Set<string>()
  /** How often it has come into a queue. */
  entries = 0
  /** It died somewhere and may come to life in another queue. */
  isDying = false

  /** `message`: as it was published. */
  constructor(private readonly message: SeenMessage) {}

  add(step: JourneyStep): void {
    if (this.steps.length === STEPS_MAX) {
      this.steps.splice(STEPS_MAX / 2, 1)
      this.omitted++
    }
    this.steps.push(step)
  }

  /** Whether it waits somewhere, or was lost: no queue took it, or its queue let it go without a dead letter. */
  get isUnsettled(): boolean {
    return this.places.size > 0 || this.steps.some(isLoss)
  }

  /** The queues it has been in, each once. */
  get queues(): readonly string[] {
    const entered = this.steps.filter(({ kind }) => kind === 'enqueued')
    return [...new Set(entered.map(({ queue }) => queue as string))]
  }

  /** The message, and a line for each step with the seconds since the first one. */
  toString(): string {
    const start = this.steps[0]?.at ?? 0
    const lines = this.steps.map(({ at, kind, queue, detail }) => {
      const seconds = ((at - start) / 1000).toFixed(3).padStart(10)
      const where = queue === undefined ? '' : ` ${JSON.stringify(queue)}`
      return `${seconds} s  ${kind}${where}${detail === '' ? '' : `: ${detail}`}`
    })
    if (this.omitted > 0) lines.splice(STEPS_MAX / 2, 0, `            … ${this.omitted} more`)
    return [`message ${this.message}`, ...lines].join('\n')
  }
}

function isLoss({ kind, detail }: JourneyStep): boolean {
  return kind === 'unroutable' || kind === 'refused' || kind === 'queue deleted' || detail === DROPPED
}
