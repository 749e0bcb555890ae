/**
 * Hundreds of thousands of things in order, without holding anybody up: runs that are sorted, and merged two by two from one
 * array into another and back.
 */

/** Things sorted or merged at once: some milliseconds. */
const SLICE = 2048

type Order<Item> = (a: Item, b: Item) => number

/** What is equal stays as it was. `items`: asked for slice by slice. */
export async function sortedInSlices<Item>(
  items: Iterable<Item>,
  compared: Order<Item>,
  pause: () => Promise<void>,
): Promise<Item[]> {
  let from: Item[] = []
  let run: Item[] = []
  for (const item of items) {
    if (run.length === SLICE) {
      from.push(...run.sort(compared))
      run = []
      await pause()
    }
    run.push(item)
  }
  from.push(...run.sort(compared))
  let to = from.slice()
  for (let width = SLICE; width < from.length; width *= 2) {
    for (const _ of merging(from, to, width, compared)) await pause()
    const before = from
    from = to
    to = before
  }
  return from
}

/** Merges each two runs of so many things. Yields after each slice. */
function* merging<Item>(
  from: readonly Item[],
  to: Item[],
  width: number,
  compared: Order<Item>,
): Generator<void> {
  for (let start = 0; start < from.length; start += 2 * width) {
    const middle = Math.min(start + width, from.length)
    const end = Math.min(start + 2 * width, from.length)
    for (let left = start, right = middle, at = start; at < end; at++) {
      const isLeft = right >= end || (left < middle && compared(from[left]!, from[right]!) <= 0)
      to[at] = from[isLeft ? left++ : right++]!
      if (at % SLICE === SLICE - 1) yield
    }
  }
}
