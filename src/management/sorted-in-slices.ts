/** Hundreds of thousands of things in order, without holding anybody up: runs that are sorted, and merged two by two. */

/** Things sorted or merged at once: some milliseconds. */
const SLICE = 2048

/** What is equal stays as it was. */
export async function sortedInSlices<Item>(
  items: readonly Item[],
  compared: (a: Item, b: Item) => number,
  pause: () => Promise<void>,
): Promise<Item[]> {
  let runs: Item[][] = []
  for (let from = 0; from < items.length; from += SLICE) {
    if (from > 0) await pause()
    runs.push(items.slice(from, from + SLICE).sort(compared))
  }
  while (runs.length > 1) {
    const longer: Item[][] = []
    for (let i = 0; i < runs.length; i += 2) longer.push(await merged(runs[i]!, runs[i + 1] ?? []))
    runs = longer
  }
  return runs[0] ?? []

  async function merged(left: readonly Item[], right: readonly Item[]): Promise<Item[]> {
    const all: Item[] = []
    for (let i = 0, j = 0; i < left.length || j < right.length; ) {
      const isLeft = j >= right.length || (i < left.length && compared(left[i]!, right[j]!) <= 0)
      all.push(isLeft ? left[i++]! : right[j++]!)
      if (all.length % SLICE === 0) await pause()
    }
    return all
  }
}
