/** Both ready lists, when entries are taken from anywhere, and brought back as if they had never been taken. */
import fc from 'fast-check'
import type { Entries } from '../../src/queues/entries'
import { PriorityReady } from '../../src/queues/priority-ready'
import { ReadyList } from '../../src/queues/ready'
import { messageWith } from '../support/messages'

const step = fc.tuple(
  fc.constantFrom('append', 'append', 'take', 'putBack', 'settle', 'takeAt', 'takeAtPeek', 'untake', 'drop'),
  fc.nat(50),
)

describe.each<[string, () => Entries]>([
  ['first in, first out', () => new ReadyList()],
  ['by priority', () => new PriorityReady(0)],
])('a ready list, %s', (_order, create) => {
  it('gives the lowest that waits, whoever took what in between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const list = create()
        const waiting = new Set<number>()
        const out: number[] = []
        const redelivered = new Set<number>()
        for (const [kind, at] of steps) {
          const lowest = waiting.size === 0 ? -1 : Math.min(...waiting)
          const any = [...waiting][at % waiting.size]
          if (kind === 'append') waiting.add(list.append(messageWith('m')))
          else if (kind === 'take') {
            expect(list.take()).toBe(lowest)
            if (lowest >= 0) out.push(lowest)
            waiting.delete(lowest)
          } else if (kind === 'putBack' && out.length > 0) {
            const [back] = out.splice(at % out.length, 1)
            list.putBack(back!)
            redelivered.add(back!)
            waiting.add(back!)
          } else if (kind === 'settle' && out.length > 0) list.settle(out.splice(at % out.length, 1)[0]!)
          else if (kind === 'drop') {
            // as a queue is purged
            for (const position of list.takeScattered()) list.settle(position)
            list.dropUndelivered()
            waiting.clear()
          } else if (any !== undefined && kind.startsWith('takeAt')) {
            list.takeAt(any)
            waiting.delete(any)
            if (kind === 'takeAtPeek')
              expect(list.peek()).toBe(waiting.size === 0 ? -1 : Math.min(...waiting))
            list.settle(any)
          } else if (any !== undefined && kind === 'untake') {
            list.takeAt(any)
            if (at % 2 === 0) list.peek()
            list.untake(any)
          }
          expect(list.peek()).toBe(waiting.size === 0 ? -1 : Math.min(...waiting))
          expect(list.length).toBe(waiting.size)
          for (const position of waiting) {
            expect(list.isWaiting(position)).toBe(true)
            expect(list.isRedelivered(position)).toBe(redelivered.has(position))
          }
          for (const position of out) expect(list.isWaiting(position)).toBe(false)
        }
      }),
      { numRuns: 300 },
    )
  })
})
