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
