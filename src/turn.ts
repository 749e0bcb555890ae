/**
 * The end of a turn: what was marked while sockets were read is done once, in phases.
 *
 *   sockets read ──► deliver ──► commit ──► answer ──► flush ──► read on        (then the next turn)
 *                    queues      stores     confirms   writes    connections that used up their share of this turn
 *
 * `setImmediate` runs after every readable socket of the poll phase was read, so deliveries, commits and
 * writes batch across connections without an added delay. Work marked during a phase that has passed runs
 * in the next turn; nothing here recurses. Thousands of queues that deliver, or of connections that read on, do so over
 * several turns when they take long: whoever else is heard in between. Marking is not idempotent: each work keeps its own
 * "marked" flag.
 */

/**
 * Work that whoever asks for more than others has done in one turn, in units of some ten microseconds: a chunk holds thousands
 * of declarations, and a message may go to thousands of queues.
 */
export const WORK_PER_TURN = 1000

/** Where a number of things may be done in a turn, only those count as work, too, that take more than this. */
export const EASY_WORK = 1

/** An object, not a closure: marking it allocates nothing. */
export interface TurnWork {
  runTurn(): void
}

export interface Turn {
  /** Queues with something to give. */
  deliver(work: TurnWork): void
  /** Stores with a batch to commit. */
  commit(work: TurnWork): void
  /** Channels with confirms to send. */
  answer(work: TurnWork): void
  /** Connections with bytes to write. */
  flush(work: TurnWork): void
  /** Connections that go on reading after everyone else had their turn. */
  readOn(work: TurnWork): void
}

/** Whether the works of a phase may run in a later turn than the one they were marked in: deliveries and reading on. */
const CAN_WAIT = [true, false, false, false, true]

/** Works of a phase between two looks at the clock. */
const LOOKS_EVERY = 16

/** Milliseconds. */
const LONG_TURN = 20

/** The phases, run by whoever decides when a turn ends. */
export class Phases implements Turn {
  private readonly phases: TurnWork[][] = [[], [], [], [], []]
  private readonly spare: TurnWork[][] = [[], [], [], [], []]

  deliver(work: TurnWork): void {
    this.mark(0, work)
  }

  commit(work: TurnWork): void {
    this.mark(1, work)
  }

  answer(work: TurnWork): void {
    this.mark(2, work)
  }

  flush(work: TurnWork): void {
    this.mark(3, work)
  }

  readOn(work: TurnWork): void {
    this.mark(4, work)
  }

  /** Runs one turn to its end. Returns whether it left work for another. */
  run(): boolean {
    for (let phase = 0; phase < this.phases.length; phase++) this.runPhase(phase)
    return this.phases.some(works => works.length > 0)
  }

  /** Called when the first work of a turn was marked. */
  protected wake(): void {}

  /** Whether this turn has taken so long that what can wait should. */
  protected isLong(): boolean {
    return false
  }

  private mark(phase: number, work: TurnWork): void {
    this.phases[phase]!.push(work)
    this.wake()
  }

  private runPhase(phase: number): void {
    const works = this.phases[phase]!
    if (works.length === 0) return
    this.phases[phase] = this.spare[phase]!
    this.spare[phase] = works
    for (let i = 0; i < works.length; i++) {
      if (i % LOOKS_EVERY === LOOKS_EVERY - 1 && CAN_WAIT[phase] && this.isLong()) {
        this.phases[phase] = works.splice(i).concat(this.phases[phase]!)
        this.wake()
        break
      }
      works[i]!.runTurn()
    }
    works.length = 0
  }
}

// As it was when this was loaded: a test that puts a clock of its own in its place would stop the broker beside it.
const { setImmediate } = globalThis

/** Turns as the event loop makes them. */
export class SystemTurn extends Phases {
  private scheduled = false
  private begun = 0
  private readonly endTurn = (): void => {
    this.scheduled = false
    this.begun = performance.now()
    this.run()
  }

  protected override wake(): void {
    if (this.scheduled) return
    this.scheduled = true
    setImmediate(this.endTurn)
  }

  protected override isLong(): boolean {
    return performance.now() - this.begun > LONG_TURN
  }
}
