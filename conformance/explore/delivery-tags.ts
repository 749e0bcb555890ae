/**
 * Deliveries of several consumers on one channel come in any order, and take their tags in it. They are compared, and
 * named by programs, as if the consumers had been served one after the other, in the order of their tags.
 */
export class DeliveryTags {
  private readonly toReal = new Map<number, number>()
  private readonly toSymbol = new Map<number, number>()

  /** What a step brought, in the order in which it is compared: by consumer, and as it came. */
  learn(real: readonly number[]): void {
    const sorted = [...real].sort((a, b) => a - b)
    for (const [index, tag] of real.entries()) {
      const symbol = sorted[index] ?? tag
      this.toReal.set(symbol, tag)
      this.toSymbol.set(tag, symbol)
    }
  }

  symbolOf(real: number): number {
    return this.toSymbol.get(real) ?? real
  }

  realOf(symbol: number): number {
    return this.toReal.get(symbol) ?? symbol
  }

  /** All that `multiple` with this tag would be about: where two sides differ in it, nothing can be learned from it. */
  upTo(symbol: number): string {
    const last = this.realOf(symbol)
    return [...this.toSymbol]
      .filter(([real]) => real <= last)
      .map(([, each]) => each)
      .sort((a, b) => a - b)
      .join(' ')
  }
}
