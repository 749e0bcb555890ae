/**
 * Faults by chance, and yet the same each time: whether something is struck depends on the seed, on what kind of fault it
 * would be, and on which occasion it is of its connection, channel or queue; not on time, nor on what others do meanwhile.
 */
import type { DueConfirm } from './confirm-faults'
import type { FaultyDelivery } from './delivery-faults'
import type { RandomTargets } from './random-targets'
import type { FrameDue } from './transport-faults'

/** How often in relation to each other; frames are many. */
const WEIGHTS = {
  dropConnections: 0.1,
  closeConnections: 0.1,
  refuseConnections: 1,
  refuseOpening: 1,
  nackConfirms: 1,
  delayConfirms: 1,
  returnPublishes: 1,
  duplicateDeliveries: 1,
  reorderDeliveries: 1,
} as const

export type RandomKind = keyof typeof WEIGHTS

export interface RandomOptions {
  /** The same one strikes the same in the same traffic. Default: another one each time, which the text of the fault tells. */
  readonly seed?: number
  /** Of so many occasions one is struck, on average, by a kind of weight 1. Default 20. */
  readonly every?: number
  /** Which kinds, by their weights. Default: all of them, but connections are cut a tenth as often. */
  readonly kinds?: Readonly<Partial<Record<RandomKind, number>>>
  /** How often it strikes, in all. Default: no limit. */
  readonly times?: number
}

/** Strikes that are told in full. */
const TOLD_MAX = 50
const SEEDS = 2 ** 31

export class RandomFaults {
  readonly seed: number
  /** How often it has struck. */
  struck = 0
  /** The first ones, as `nackConfirms: publish 7, channel 1 of connection 2`. */
  readonly strikes: string[] = []
  private readonly every: number
  private readonly times: number
  private readonly weights: RandomOptions['kinds'] & object
  private readonly faults: { end(): void }[]
  private readonly occasions = new Map<string, number>()
  private isOver = false

  /** @throws RangeError for what is no seed, no number of occasions, or no weight */
  constructor(targets: RandomTargets, { seed, every = 20, kinds = WEIGHTS, times }: RandomOptions) {
    this.seed = checked('seed', seed ?? Math.floor(Math.random() * SEEDS))
    this.every = checked('every', every)
    this.times = times ?? Number.POSITIVE_INFINITY
    this.weights = kinds
    for (const [kind, weight] of Object.entries(kinds)) {
      if (!(kind in WEIGHTS)) throw new RangeError(`there is no kind of random fault "${kind}"`)
      checked(kind, weight)
    }
    this.faults = this.begin(targets)
  }

  get isOn(): boolean {
    return !this.isOver && this.struck < this.times
  }

  end(): void {
    this.isOver = true
    for (const fault of this.faults) fault.end()
  }

  /** `using fault = broker.faults.random()` */
  [Symbol.dispose](): void {
    this.end()
  }

  /** What brings it back, and what it did. */
  toString(): string {
    const more = this.struck - this.strikes.length
    const lines = more > 0 ? [...this.strikes, `and ${more} more`] : this.strikes
    const told = lines.map(line => `\n  ${line}`).join('')
    return `random faults of seed ${this.seed} struck ${this.struck} times${told}`
  }

  private begin(targets: RandomTargets): { end(): void }[] {
    const wanted = (Object.keys(this.weights) as RandomKind[]).filter(kind => (this.weights[kind] ?? 0) > 0)
    const frames = (kind: RandomKind): FrameDue => {
      return (count, number) => this.strikesAt(kind, `connection ${number}`, `frame ${count} received`, count)
    }
    const connection = (kind: RandomKind) => ({
      when: ({ number }: { readonly number: number }) =>
        this.strikesNext(kind, 'the broker', `connection ${number}`),
    })
    const confirm = (kind: RandomKind) => ({
      when: ({ connection, channel, sequence }: DueConfirm) =>
        this.strikesNext(kind, `channel ${channel} of connection ${connection}`, `publish ${sequence}`),
    })
    const delivery = (kind: RandomKind) => ({
      when: ({ vhost, queue, text }: FaultyDelivery) =>
        this.strikesNext(kind, `queue ${queue} in ${vhost}`, text),
    })
    const begun: Record<RandomKind, () => { end(): void }> = {
      dropConnections: () => targets.dropConnections(frames('dropConnections')),
      closeConnections: () => targets.closeConnections(frames('closeConnections')),
      refuseConnections: () => targets.refuseConnections(connection('refuseConnections')),
      refuseOpening: () => targets.refuseOpening(connection('refuseOpening')),
      nackConfirms: () => targets.nackConfirms(confirm('nackConfirms')),
      delayConfirms: () => targets.delayConfirms(confirm('delayConfirms')),
      returnPublishes: () =>
        targets.returnPublishes({
          when: ({ connection: { number }, text }) =>
            this.strikesNext('returnPublishes', `connection ${number}`, text),
        }),
      duplicateDeliveries: () => targets.duplicateDeliveries(delivery('duplicateDeliveries')),
      reorderDeliveries: () => targets.reorderDeliveries(delivery('reorderDeliveries')),
    }
    return wanted.map(kind => begun[kind]())
  }

  /** The next occasion of its kind there. */
  private strikesNext(kind: RandomKind, where: string, what: string): boolean {
    const key = `${kind} ${where}`
    const occasion = (this.occasions.get(key) ?? 0) + 1
    this.occasions.set(key, occasion)
    return this.strikesAt(kind, where, what, occasion)
  }

  private strikesAt(kind: RandomKind, where: string, what: string, occasion: number): boolean {
    const probability = (this.weights[kind] ?? 0) / this.every
    if (!this.isOn || chance(`${this.seed} ${kind} ${where} ${occasion}`) >= probability) return false
    this.struck++
    if (this.strikes.length < TOLD_MAX) this.strikes.push(`${kind}: ${what.slice(0, 60)}, ${where}`)
    return true
  }
}

function checked(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value
  throw new RangeError(`${name} of random faults is a number from 0 on, not ${value}`)
}

/** From 0 to 1, the same for the same name: FNV-1a, and the end of MurmurHash3, so that names that are alike differ. */
export function chance(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
