/** What is wrong, and what happened at all: nobody should believe in a simulator that never does anything. */
export class Findings {
  readonly violations: string[] = []
  readonly happened = new Map<string, number>()

  wrong(text: string): void {
    this.violations.push(text)
  }

  require(holds: boolean, text: () => string): void {
    if (!holds) this.wrong(text())
  }

  saw(what: string, count = 1): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + count)
  }
}

/** Those of a part of the world: what goes on in it when it is gone is nobody's business. */
export class PartFindings extends Findings {
  isOver = false

  constructor(private readonly whole: Findings) {
    super()
  }

  override wrong(text: string): void {
    if (!this.isOver) this.whole.wrong(text)
  }

  override saw(what: string, count = 1): void {
    this.whole.saw(what, count)
  }
}
