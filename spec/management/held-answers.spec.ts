/** Answers that are held back, and peers that do not wait for theirs. */
import { Socket } from 'node:net'
import { HeldAnswers } from '../../src/management/held-answers'
import { ManualClock } from '../support/manual-clock'

describe('an answer that is held back', () => {
  function held() {
    const clock = new ManualClock()
    const told: string[] = []
    const answers = new HeldAnswers(clock)
    const hold = (socket: Socket, ms: number, text: string): void =>
      answers.hold(socket, ms, () => told.push(text))
    return { clock, told, hold }
  }

  it('is told when its time has come, each of a connection by itself', () => {
    const { clock, told, hold } = held()
    const socket = new Socket()
    hold(socket, 500, 'second')
    hold(socket, 250, 'first')
    clock.advance(249)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(['first'])
    clock.advance(250)
    expect(told).toEqual(['first', 'second'])
  })

  it('is not kept for a peer that has gone', () => {
    const { clock, told, hold } = held()
    const [gone, here] = [new Socket(), new Socket()]
    for (let n = 0; n < 20; n++) hold(gone, 1000, 'to nobody')
    hold(here, 1000, 'to somebody')
    gone.emit('close')
    expect(clock.pending).toBe(1)
    clock.advance(1000)
    expect(told).toEqual(['to somebody'])
  })
})
