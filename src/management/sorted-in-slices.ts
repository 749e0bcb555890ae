/** Hundreds of thousands of things in order, without holding anybody up: runs that are sorted, and merged two by two. */

/** Things sorted or merged at once: some milliseconds. */
const SLICE = 2048

/** What is equal stays as it was. `items`: asked for slice by slice. */
export async function sortedInSlices<Item>(
  items: Iterable<Item>,
  compared: (a: Item, b: Item) => number,
  pause: () => Promise<void>,
): Promise<Item[]> {
  let runs: Item[][] = []
  let run: Item[] = []
  for (const item of items) {
    if (run.length === SLICE) {
      runs.push(run.sort(compared))
      run = []
      await pause()
    }
    run.push(item)
  }
  runs.push(run.sort(compared))
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
