/**
 * What came for one channel and was not asked for yet, in order, and those who wait for more. It fails for good when
 * the connection goes: whoever waits then hears why instead of running into a timeout.
 */
import type { MethodFields, MethodName, Properties } from './methods'

export interface Content {
  readonly properties: Properties
  /** Flags and values of the header frame, as they came. */
  readonly propertyBytes: Buffer
  readonly body: Buffer
  /** Payload sizes of the body frames. */
  readonly frameBytes: readonly number[]
}

export type Arrival<M extends MethodName = MethodName> = {
  [N in M]: { readonly name: N; readonly fields: MethodFields[N]; readonly content: Content | undefined }
}[M]

interface Waiter {
  readonly matches: (arrival: Arrival) => boolean
  readonly resolve: (arrival: Arrival) => void
  readonly reject: (error: Error) => void
}

export const patienceMs = 15_000

export class Inbox {
  private readonly arrivals: Arrival[] = []
  private readonly waiters: Waiter[] = []
  private failure: Error | undefined

  constructor(private readonly owner: string) {}

  get size(): number {
    return this.arrivals.length
  }

  /** What waits to be asked for, oldest first. */
  peek(): readonly Arrival[] {
    return this.arrivals
  }

  push(arrival: Arrival): void {
    const index = this.waiters.findIndex(waiter => waiter.matches(arrival))
    if (index < 0) this.arrivals.push(arrival)
    else this.waiters.splice(index, 1)[0]?.resolve(arrival)
  }

  fail(error: Error): void {
    this.failure ??= error
    for (const waiter of this.waiters.splice(0)) waiter.reject(error)
  }

  /** The oldest arrival for which `matches` says yes; the others stay. */
  next(matches: (arrival: Arrival) => boolean, wanted: string): Promise<Arrival> {
    const index = this.arrivals.findIndex(matches)
    const ready = index < 0 ? undefined : this.arrivals.splice(index, 1)[0]
    if (ready !== undefined) return Promise.resolve(ready)
    if (this.failure !== undefined) return Promise.reject(this.failure)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        matches,
        resolve: arrival => {
          clearTimeout(timer)
          resolve(arrival)
        },
        reject: error => {
          clearTimeout(timer)
          reject(error)
        },
      }
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1)
        const waiting = this.arrivals.map(describe).join(', ') || 'nothing'
        reject(new Error(`${this.owner}: waited ${patienceMs} ms for ${wanted}; unread: ${waiting}`))
      }, patienceMs)
      this.waiters.push(waiter)
    })
  }
}

/** For error messages: `channel.close 404 NOT_FOUND - no queue 'q' in vhost '/'`. */
export function describe(arrival: Arrival): string {
  if (arrival.name !== 'channel.close' && arrival.name !== 'connection.close') return arrival.name
  const { replyCode, replyText, classId, methodId } = arrival.fields
  return `${arrival.name} ${replyCode} ${replyText} (${classId}.${methodId})`
}
