/**
 * One thing after the other, told on one channel: after a crash the broker must be as it was after one of the steps, and
 * not before the last of them that it has answered.
 *
 *     certain ──► step ──► step ──► step           answered(step): everything up to it is certain
 *        ╰──────────┴────────┴────────┴── candidates
 */

export type Step<State> = (state: State) => State

export class Steps<State> {
  /** Where it began: several where a look could not tell them apart. */
  private certain: readonly State[]
  private latest: readonly State[]
  private open: Step<State>[] = []
  private answeredCount = 0

  constructor(certain: State) {
    this.certain = this.latest = [certain]
  }

  /** As it is when everything that was told is done. */
  get current(): State {
    return this.latest[0]!
  }

  /** Told to the broker now. Returns what `answered` wants to know. */
  issue(step: Step<State>): number {
    this.open.push(step)
    this.latest = this.latest.map(step)
    return this.answeredCount + this.open.length
  }

  /** The broker may not forget this step, nor any before it. */
  answered(step: number): void {
    const count = step - this.answeredCount
    if (count <= 0) return
    for (const each of this.open.splice(0, count)) this.certain = this.certain.map(each)
    this.answeredCount = step
  }

  /** All that a restart may bring, the oldest first. */
  candidates(): State[] {
    const candidates = [...this.certain]
    let states = this.certain
    for (const step of this.open) {
      states = states.map(step)
      candidates.push(...states)
    }
    return candidates
  }

  /** A restart brought one of these. */
  found(states: readonly State[]): void {
    this.answeredCount += this.open.length
    this.open = []
    this.certain = this.latest = states
  }
}
