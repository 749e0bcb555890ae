/**
 * Answers that are not to be told before some time has passed. Who does not wait for his takes nothing up: guessers come and go
 * by thousands.
 */
import type { Socket } from 'node:net'
import type { Clock, Timer } from '../clock'

export class HeldAnswers {
  /** Of a connection, of which there may be some: requests can come before earlier ones are answered. */
  private readonly waiting = new WeakMap<Socket, Set<Timer>>()

  constructor(private readonly clock: Clock) {}

  hold(socket: Socket, delayMs: number, answer: () => void): void {
    const timers = this.waiting.get(socket) ?? this.newcomer(socket)
    const timer = this.clock.after(delayMs, () => {
      timers.delete(timer)
      answer()
    })
    timers.add(timer)
  }

  private newcomer(socket: Socket): Set<Timer> {
    const timers = new Set<Timer>()
    this.waiting.set(socket, timers)
    socket.once('close', () => {
      for (const timer of timers) timer.cancel()
      timers.clear()
    })
    return timers
  }
}
