import fc from 'fast-check'
import { DueHeap } from '../../src/structures/due-heap'

const appointments = fc.array(fc.tuple(fc.nat(50), fc.nat(1000)), { maxLength: 300 })

describe('a heap of what is due', () => {
  it('has nothing due ever while it is empty', () => {
    const heap = new DueHeap()
    expect([heap.length, heap.nextTime, heap.pop()]).toEqual([0, Number.POSITIVE_INFINITY, undefined])
  })

  it('gives the earliest first, and of the same time the lowest position, whatever was pushed', () => {
    fc.assert(fc.property(appointments, pushed => expect(drained(heapOf(pushed))).toEqual(inOrder(pushed))))
  })

  it('gives what was retained in the same order', () => {
    fc.assert(
      fc.property(appointments, fc.integer({ min: 1, max: 5 }), (pushed, divisor) => {
        const heap = heapOf(pushed)
        heap.retain(position => position % divisor === 0)
        expect(drained(heap)).toEqual(inOrder(pushed.filter(([, position]) => position % divisor === 0)))
      }),
    )
  })

  it('is empty after clear', () => {
    const heap = heapOf([[1, 1]])
    heap.clear()
    expect([heap.length, heap.nextTime]).toEqual([0, Number.POSITIVE_INFINITY])
  })
})

function heapOf(pushed: readonly (readonly [number, number])[]): DueHeap {
  const heap = new DueHeap()
  for (const [time, position] of pushed) heap.push(time, position)
  return heap
}

function drained(heap: DueHeap): [number, number | undefined][] {
  const all: [number, number | undefined][] = []
  while (heap.length > 0) all.push([heap.nextTime, heap.pop()])
  return all
}

function inOrder(pushed: readonly (readonly [number, number])[]) {
  return [...pushed].sort((a, b) => a[0] - b[0] || a[1] - b[1])
}
