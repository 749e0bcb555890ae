/** Purging a backlog of several segments, wherever delivery has got to. */
import { NO_POSITION } from '../../src/queues/entries'
import { ReadyList } from '../../src/queues/ready'
import { messageWith } from '../support/messages'

const COUNT = 10_000

/** A list of three segments; the first `taken` entries were delivered and settled, but for one that is still out. */
function delivered(taken: number, out: number | undefined): ReadyList {
  const ready = new ReadyList()
  for (let i = 0; i < COUNT; i++) ready.append(messageWith('x'))
  for (let i = 0; i < taken; i++) {
    const position = ready.take()
    if (position !== out) ready.settle(position)
  }
  return ready
}

describe.each([0, 10, 4096, 5000, 9999, COUNT])('a backlog of which %i were delivered', taken => {
  it.each([undefined, 7])('is empty after a purge and can go on (still out: %p)', out => {
    const ready = delivered(taken, out)
    const isOut = out !== undefined && out < taken
    expect(ready.dropUndelivered()).toBe(COUNT - taken)
    expect([ready.length, ready.take()]).toEqual([0, NO_POSITION])
    expect(ready.append(messageWith('next'))).toBe(COUNT)
    expect(ready.head).toBe(isOut ? out : COUNT)
    expect(ready.take()).toBe(COUNT)
    ready.settle(COUNT)
    if (isOut) ready.settle(out)
    expect(ready.head).toBe(COUNT + 1)
  })
})
