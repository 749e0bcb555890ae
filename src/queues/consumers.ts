/**
 * Whose turn it is: the highest priority with credit, round-robin within one priority.
 *
 * Remembers that nobody had credit, so that a publish to a queue with a thousand busy consumers asks none of them;
 * `creditReturned` ends that.
 */
import type { Consumer } from './consumer'

interface Level {
  readonly priority: number
  readonly members: Consumer[]
  /** Index of the member to be asked first. */
  turn: number
}

export class Consumers {
  /** Highest priority first. */
  private readonly levels: Level[] = []
  private exhausted = false
  count = 0

  add(consumer: Consumer): void {
    const at = this.levels.findIndex(level => level.priority <= consumer.priority)
    const level = at === -1 ? undefined : this.levels[at]
    if (level?.priority === consumer.priority) level.members.push(consumer)
    else {
      const added = { priority: consumer.priority, members: [consumer], turn: 0 }
      this.levels.splice(at === -1 ? this.levels.length : at, 0, added)
    }
    this.count++
    this.exhausted = false
  }

  /** Returns whether it was there. */
  remove(consumer: Consumer): boolean {
    const levelIndex = this.levels.findIndex(level => level.priority === consumer.priority)
    const level = this.levels[levelIndex]
    const index = level === undefined ? -1 : level.members.indexOf(consumer)
    if (level === undefined || index === -1) return false
    level.members.splice(index, 1)
    if (index < level.turn) level.turn--
    if (level.turn >= level.members.length) level.turn = 0
    if (level.members.length === 0) this.levels.splice(levelIndex, 1)
    this.count--
    return true
  }

  /** Whether one of them wants the queue for itself; then it is the only one. */
  get hasExclusive(): boolean {
    return this.levels.some(level => level.members.some(consumer => consumer.exclusive))
  }

  creditReturned(): void {
    this.exhausted = false
  }

  /** The consumer the next entry goes to, and moves the turn on; undefined when nobody has credit. */
  next(): Consumer | undefined {
    if (this.exhausted) return undefined
    for (let i = 0; i < this.levels.length; i++) {
      const consumer = nextOf(this.levels[i]!)
      if (consumer !== undefined) return consumer
    }
    this.exhausted = true
    return undefined
  }

  all(): Consumer[] {
    return this.levels.flatMap(level => level.members)
  }
}

function nextOf(level: Level): Consumer | undefined {
  const members = level.members
  const length = members.length
  let index = level.turn
  for (let asked = 0; asked < length; asked++) {
    const consumer = members[index]!
    index = index + 1 === length ? 0 : index + 1
    if (consumer.hasCredit()) {
      level.turn = index
      return consumer
    }
  }
  return undefined
}
