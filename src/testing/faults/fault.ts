/** A fault that is on until it has struck often enough, or is ended. */

export interface FaultOptions<Struck> {
  /** How often it strikes. Default: every time. */
  readonly times?: number
  /** Whom it strikes. Default: everybody. */
  readonly when?: (struck: Struck) => boolean
}

export class Fault<Struck> {
  /** How often it has struck. */
  struck = 0
  private isOver = false

  constructor(
    private readonly options: FaultOptions<Struck>,
    private readonly ended: () => void = () => {},
  ) {}

  get isOn(): boolean {
    return !this.isOver && this.struck < (this.options.times ?? Number.POSITIVE_INFINITY)
  }

  /** Whether it strikes this one, which counts. */
  strikes(victim: Struck): boolean {
    const { when } = this.options
    if (!this.isOn || (when !== undefined && !when(victim))) return false
    this.struck++
    return true
  }

  /** Everything goes on as if it had never been. */
  end(): void {
    if (this.isOver) return
    this.isOver = true
    this.ended()
  }

  /** `using fault = broker.faults.refuseConnections()` */
  [Symbol.dispose](): void {
    this.end()
  }
}
