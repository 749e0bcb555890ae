/** The violations of a broker, those that a test allows taken out. Bounded: of a great many the first ones are kept. */
import type { Clock } from '../../clock'
import { isMeantBy, Violation, type ViolationFacts, type ViolationMatcher } from './violation'

/** One mistake in a loop makes thousands of them. */
const KEPT_MAX = 1000
/** A journey holds a body: the first violations have one. */
const JOURNEYS_MAX = 100
/** Violations that an error tells of, and the lines of each. */
const SHOWN_MAX = 20
const LINES_MAX = 30

/** Violations that are none: what a test provokes. */
export class Allowance {
  /** Those it was for. */
  readonly violations: Violation[] = []
  private isOver = false

  constructor(
    private readonly isMeant: (violation: Violation) => boolean,
    private readonly ended: (allowance: Allowance) => void,
  ) {}

  takes(violation: Violation): boolean {
    if (this.isOver || !this.isMeant(violation)) return false
    if (this.violations.length < KEPT_MAX) this.violations.push(violation)
    return true
  }

  /** From now on it is a violation again. */
  end(): void {
    if (this.isOver) return
    this.isOver = true
    this.ended(this)
  }

  /** `using provoked = broker.allow({ rule: 'unroutable' })` */
  [Symbol.dispose](): void {
    this.end()
  }
}

/** Clients did what strict mode minds. */
export class StrictViolated extends Error {
  override readonly name = 'StrictViolated'

  constructor(
    readonly violations: readonly Violation[],
    cause?: Error,
  ) {
    const options = cause === undefined ? {} : { cause }
    super(`the test broker is strict, and there was\n${describeViolations(violations)}`, options)
  }
}

/** The first of them, for people. */
export function describeViolations(violations: readonly Violation[]): string {
  const shown = violations.slice(0, SHOWN_MAX).map(violation => {
    const lines = `${violation}`.split('\n')
    const more = lines.length - LINES_MAX
    return more > 0 ? [...lines.slice(0, LINES_MAX), `    … ${more} more lines`].join('\n') : lines.join('\n')
  })
  const others = violations.length - shown.length
  return [...shown, ...(others > 0 ? [`… and ${others} more violations`] : [])].join('\n')
}

export class Violations {
  private noted: Violation[] = []
  private allowances: Allowance[] = []

  constructor(
    private readonly clock: Clock,
    private readonly onViolation: ((violation: Violation) => void) | undefined,
  ) {}

  note(facts: ViolationFacts): void {
    const known = this.noted.length < JOURNEYS_MAX ? facts : { ...facts, journey: undefined }
    const violation = new Violation(this.clock.now(), known)
    if (this.allowances.some(allowance => allowance.takes(violation))) return
    if (this.noted.length < KEPT_MAX) this.noted.push(violation)
    if (this.onViolation === undefined) return
    try {
      this.onViolation(violation)
    } catch (error) {
      // Not here: we are in the middle of what the broker does for its client.
      queueMicrotask(() => {
        throw error
      })
    }
  }

  /** The oldest first. */
  of(vhost?: string): Violation[] {
    return this.noted.filter(violation => vhost === undefined || violation.vhost === vhost)
  }

  /** Tells of them once. @throws StrictViolated if there are any */
  tell(vhost?: string, cause?: Error): void {
    const told = new Set(this.of(vhost))
    if (told.size === 0) return
    this.noted = this.noted.filter(violation => !told.has(violation))
    throw new StrictViolated([...told], cause)
  }

  /** Those to come, and those that are there. */
  allow(matcher: ViolationMatcher, vhost?: string): Allowance {
    const isMeant = (violation: Violation): boolean =>
      (vhost === undefined || violation.vhost === vhost) && isMeantBy(violation, matcher)
    const allowance = new Allowance(isMeant, over => {
      this.allowances = this.allowances.filter(other => other !== over)
    })
    this.noted = this.noted.filter(violation => !allowance.takes(violation))
    this.allowances.push(allowance)
    return allowance
  }

  /** As at the start. */
  clear(): void {
    this.noted = []
    for (const allowance of [...this.allowances]) allowance.end()
  }
}
