/** The ledger of delivery tags: a delivery entered, found by its tag and removed, 500 being out. */
import { Unacked } from '../src/channel/unacked'
import type { Queue } from '../src/queues/queue'
import { compare, type Variant } from './measure'

const DELIVERIES = 200_000
const WINDOW = 500
/** It only keeps the reference. */
const queue = {} as Queue

function settling(name: string, tagToSettle: (newest: number) => number): Variant {
  return {
    name,
    run: () => {
      const unacked = new Unacked()
      for (let i = 0; i < WINDOW; i++) unacked.add(queue, i, undefined)
      for (let i = 0; i < DELIVERIES; i++) {
        const tag = tagToSettle(unacked.add(queue, i, undefined))
        const index = unacked.find(tag)
        if (index === -1) throw new Error(`tag ${tag} is not out`)
        unacked.remove(index)
      }
      return DELIVERIES
    },
  }
}

/** In every row of 500 the tags come in another order; each is settled once. */
function scattered(newest: number): number {
  const place = (newest - 1) % WINDOW
  const row = newest - 1 - place - WINDOW
  return row + ((place * 123 + 77) % WINDOW) + 1
}

compare('ledger: a delivery entered, found and removed', [
  settling('oldest first', newest => newest - WINDOW),
  settling('newest first', newest => newest),
  settling('in no order', scattered),
])
