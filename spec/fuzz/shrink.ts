/** What is found is made small: inputs, then pieces, then bytes are left out while it is still found. */
import type { Input } from './target'

/** Says whether these inputs, one after the other in a new world, still do it. */
export type Fails = (story: readonly Input[]) => Promise<boolean>

export async function shrunk(
  story: readonly Input[],
  fails: Fails,
  triesMax: number,
): Promise<readonly Input[]> {
  const budget = { left: triesMax }
  const inputs = await fewer(story, budget, fails)
  const small = [...inputs]
  for (const [index, input] of small.entries()) {
    const withInput = (changed: Input): Input[] => small.map((other, at) => (at === index ? changed : other))
    const pieces = await fewer(input, budget, changed => fails(withInput(changed)))
    small[index] = pieces
    for (const [at, piece] of pieces.entries()) {
      const current = (): Input => small[index] as Input
      const withPiece = (bytes: readonly number[]): Input =>
        current().map((other, place) => (place === at ? Buffer.from(bytes) : other))
      const bytes = await fewer([...piece], budget, changed => fails(withInput(withPiece(changed))))
      small[index] = withPiece(bytes)
    }
  }
  return small
}

/** The same with ever smaller parts left out. */
async function fewer<Item>(
  items: readonly Item[],
  budget: { left: number },
  fails: (items: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> {
  let kept = items
  for (let size = Math.max(1, kept.length >> 1); size >= 1 && kept.length > 0; size >>= 1) {
    for (let at = 0; at < kept.length && budget.left > 0; ) {
      budget.left--
      const without = [...kept.slice(0, at), ...kept.slice(at + size)]
      if (await fails(without)) kept = without
      else at += size
    }
  }
  return kept
}
