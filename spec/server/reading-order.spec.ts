/** Who reads in which turn: quiet connections in every one, busy ones a few at a time, each as often as the others. */
import { ReadingOrder } from '../../src/server/reading-order'
import { ManualTurn } from '../support/manual-turn'

const QUIET = 100
const BUSY = 65_536

function arranged() {
  const turn = new ManualTurn()
  const order = new ReadingOrder(turn)
  const read: string[] = []
  /** A connection that says so much again each time it is read. */
  const connection = (name: string, bytes: number, times = 1) => {
    const work = {
      runTurn: () => {
        read.push(name)
        if (--times > 0) order.enter(work, bytes)
      },
    }
    order.enter(work, bytes)
  }
  const readIn = () => {
    turn.run()
    return read.splice(0)
  }
  return { connection, readIn }
}

describe('the order in which connections go on reading', () => {
  it('has all the quiet ones in each turn', () => {
    const { connection, readIn } = arranged()
    for (let i = 0; i < 100; i++) connection('quiet', QUIET, 3)
    expect([1, 2, 3, 4].map(() => readIn().length)).toEqual([100, 100, 100, 0])
  })

  it('has four of the busy ones in each turn, one after the other', () => {
    const { connection, readIn } = arranged()
    for (const name of 'abcdef') connection(name, BUSY, 2)
    expect([1, 2, 3, 4].map(() => readIn().join(''))).toEqual(['abcd', 'efab', 'cdef', ''])
  })

  it('does not make the quiet ones wait for the busy ones', () => {
    const { connection, readIn } = arranged()
    for (let i = 0; i < 20; i++) connection('busy', BUSY)
    connection('quiet', QUIET)
    expect(readIn()).toContain('quiet')
  })
})
