/** Dead letters on their way, and where each must arrive: in every queue its exchange leads to, but in no circle. */
import type { Findings } from '../findings'
import type { Plain } from './plain'
import type { Death, EntryModel, History, QueueModel } from './queue-model'
import { type TopologyModel, type Ways, withoutDelay } from './topology-model'

interface Letter {
  readonly entry: EntryModel
  readonly from: QueueModel
  readonly deaths: readonly Death[]
}

const UNKNOWN: History = {
  ...{ deaths: [], firstDeath: undefined, carbonCopies: [], isReleased: false, isUnblinded: true },
}

export interface LettersAround {
  readonly topology: TopologyModel
  headersOf(id: string): Plain
  /** Of what was routed just now. */
  waysOf(exchange: string, keys: readonly string[], id: string, headers: Plain): Ways
}

export class DeadLetterModel {
  /** Of entries that their queue still holds. */
  private readonly dying = new Map<EntryModel, Letter>()
  /** Of messages that no queue holds: refused ones, and those of a queue that went. */
  private readonly loose = new Map<string, Letter[]>()
  private attempts: { readonly id: string; readonly queue: string }[] = []

  constructor(
    private readonly around: LettersAround,
    private readonly findings: Findings,
  ) {}

  isDying(id: string): boolean {
    return [...this.dying.keys()].some(entry => entry.id === id)
  }

  /** Those that should have arrived by now. */
  get pending(): number {
    return [...this.dying.values()].filter(({ from }) => !from.terms.isAtLeastOnce).length
  }

  dies(from: QueueModel, entry: EntryModel, reason: string): void {
    this.dying.set(entry, { entry, from, deaths: withDeath(entry.deaths, { queue: from.name, reason }) })
  }

  refused(from: QueueModel, entry: EntryModel): void {
    this.loosen({ entry, from, deaths: withDeath(entry.deaths, { queue: from.name, reason: 'maxlen' }) })
  }

  /** The queue goes: its letters go on without it. */
  leaving(queue: QueueModel): void {
    for (const [entry, letter] of this.dying) {
      if (letter.from !== queue) continue
      this.dying.delete(entry)
      this.loosen(letter)
    }
  }

  /** A dead letter comes to a queue. `history`: what it says it died of. */
  arrives(id: string, queue: string, history: readonly Death[]): History {
    this.attempts.push({ id, queue })
    const letters = [...this.dying.values()].filter(({ entry }) => entry.id === id)
    letters.push(...(this.loose.get(id) ?? []))
    const told = JSON.stringify(history)
    const letter = letters.find(
      each => JSON.stringify(each.deaths) === told && this.ways(each).targets.has(queue),
    )
    if (letter === undefined)
      this.findings.wrong(`${id} came to queue ${queue} as a dead letter of ${told} that nobody sent there`)
    if (letter === undefined) return UNKNOWN
    const { entry, from, deaths } = letter
    const carbonCopies = from.terms.deadLetterRoutingKey === undefined ? entry.carbonCopies : []
    const firstDeath = entry.firstDeath ?? from.name
    return { deaths, firstDeath, carbonCopies, isReleased: entry.isReleased, isUnblinded: true }
  }

  buried(queue: QueueModel, entry: EntryModel): void {
    const letter = this.dying.get(entry)
    this.dying.delete(entry)
    const reached = this.attempts.filter(({ id }) => id === entry.id).map(attempt => attempt.queue)
    this.attempts = this.attempts.filter(({ id }) => id !== entry.id)
    if (letter === undefined)
      return this.findings.wrong(`queue ${queue.name}: ${entry.id} was buried, and did not die`)
    const { targets, isOneOf } = this.ways(letter)
    for (const target of isOneOf ? [] : targets) {
      if (!reached.includes(target))
        this.findings.wrong(`${entry.id} died in ${queue.name} and did not come to ${target}`)
    }
    // What is tried again may be refused as often.
    if (this.loose.has(entry.id) || queue.terms.isAtLeastOnce) return
    if (new Set(reached).size < reached.length)
      this.findings.wrong(`${entry.id} came twice to one of ${reached.join(' ')}`)
  }

  private loosen(letter: Letter): void {
    const { id } = letter.entry
    this.loose.set(id, [...(this.loose.get(id) ?? []), letter])
  }

  private ways({ from, entry, deaths }: Letter): {
    readonly targets: ReadonlySet<string>
    readonly isOneOf: boolean
  } {
    const { topology, headersOf, waysOf } = this.around
    const { deadLetterExchange: exchange, deadLetterRoutingKey } = from.terms
    if (exchange === undefined || !(exchange === '' || topology.exchanges.has(exchange)))
      return { targets: new Set(), isOneOf: false }
    const keys = deadLetterRoutingKey === undefined ? entry.routingKeys : [deadLetterRoutingKey]
    const sent = headersOf(entry.id)
    const headers = entry.isReleased ? withoutDelay(sent) : sent
    const { queues, isOneOf } = waysOf(exchange, keys, entry.id, headers)
    return { targets: new Set([...queues].filter(name => !isCircle(deaths, name))), isOneOf }
  }
}

/** The latest first; one for each queue and reason. */
function withDeath(deaths: readonly Death[], death: Death): readonly Death[] {
  return [death, ...deaths.filter(({ queue, reason }) => queue !== death.queue || reason !== death.reason)]
}

/** It died there before, and nobody rejected it since. */
function isCircle(deaths: readonly Death[], queue: string): boolean {
  for (const death of deaths) {
    if (death.reason === 'rejected') return false
    if (death.queue === queue) return true
  }
  return false
}
