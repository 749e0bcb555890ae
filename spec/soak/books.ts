/**
 * The books of a soak: every message, from what clients sent and were told. Other than the crash harness's they are held
 * against deliveries as these come, for hours, so what is finished is kept as a number only.
 *
 *     published ──► promised ──► out ──► settled ──► ended
 *                       ▲         │         │         settled long enough ago: it must never be seen again
 *                       ╰─returned╯◄────────╯ only when a broker was killed right after
 */
import { bodyOf } from '../crash/message'
import { Copy } from './copy'
import { Figures } from './figures'

/** What is not answered is on the disk so much later, however busy the machine is: acknowledgements, dead-lettering. */
const KEPT_AFTER_MS = 15_000
const COMPLAINTS_MAX = 50

export interface Found {
  readonly queue: string
  readonly id: number
  readonly body: Buffer
  readonly redelivered: boolean
}

/** Who reads a queue on one channel: what it sees for the first time comes in order. */
export class Reader {
  readonly lastOf = new Map<string, number>()

  constructor(readonly isOrdered: boolean) {}
}

export class SoakLedger {
  life = 1
  readonly figures = new Figures()
  readonly complaints: string[] = []
  private readonly books = new Map<string, Book>()
  private lastId = 0
  private endsAtMs: number | undefined

  constructor(
    readonly now: () => number = Date.now,
    private readonly tell: (complaint: string) => void = () => {},
  ) {}

  book(name: string): Book {
    let book = this.books.get(name)
    if (book === undefined) {
      book = new Book(name, this)
      this.books.set(name, book)
    }
    return book
  }

  nextId(): number {
    return ++this.lastId
  }

  complain(what: string): void {
    this.figures.complaints++
    if (this.complaints.length >= COMPLAINTS_MAX) return
    this.complaints.push(what)
    this.tell(what)
  }

  /** Confirmed, and not seen and settled by a consumer yet. */
  get waiting(): Copy[] {
    return [...this.books.values()].flatMap(book => book.waiting)
  }

  /** The broker is about to die: what it is told from now on it may not hear. */
  ending(): void {
    this.endsAtMs ??= this.now()
  }

  restarted(): void {
    this.ending()
    this.sweep()
    this.life++
    for (const book of this.books.values()) book.restarted()
    this.endsAtMs = undefined
  }

  /** Every now and then: what was settled long ago is let go. */
  sweep(): void {
    for (const book of this.books.values()) book.sweep(this.endsAtMs ?? this.now(), this.life)
  }

  /** Of which books most is waiting. */
  get backlogs(): string {
    const sizes = [...this.books.values()].map(({ name, waiting }) => ({ name, count: waiting.length }))
    const most = sizes.sort((one, other) => other.count - one.count).slice(0, 2)
    return most.map(({ name, count }) => `${name} ${count}`).join(', ')
  }

  /** Every queue was drained, and yet these never came. */
  close(): void {
    for (const copy of this.waiting) {
      this.figures.lost++
      this.complain(`${copy.describe()} is lost`)
    }
  }
}

/** The messages of some queues that pass them on to each other: each is in one of them. */
export class Book {
  private readonly open = new Map<number, Copy>()
  private readonly ended = new Map<number, 'acknowledged' | 'transient' | 'rolled back'>()

  constructor(
    readonly name: string,
    private readonly ledger: SoakLedger,
  ) {}

  get size(): number {
    return this.open.size
  }

  get waiting(): Copy[] {
    return [...this.open.values()].filter(copy => copy.isPromised && copy.settledAtMs === undefined)
  }

  publish(id: number, stream: string, traits: Partial<Copy>): Copy {
    const copy = Object.assign(new Copy(id, `${this.name}/${stream}`, this.ledger.life), traits)
    this.ended.delete(id)
    this.open.set(id, copy)
    return copy
  }

  /** Published in a transaction that may never be committed. */
  hold(id: number): void {
    this.ended.set(id, 'rolled back')
  }

  /** Undefined when it should not have come. */
  delivered(found: Found, reader: Reader): Copy | undefined {
    const { figures } = this.ledger
    const copy = this.open.get(found.id)
    if (copy === undefined) {
      figures.invented++
      const why = this.ended.get(found.id) ?? 'never published'
      this.ledger.complain(`${found.queue}: message ${found.id} came, which was ${why}`)
      return undefined
    }
    figures.delivered++
    this.check(copy, found, reader)
    copy.settledAtMs = undefined
    copy.isOut = true
    copy.seenIn = found.queue
    copy.seenAtMs = this.ledger.now()
    copy.isMoved = !reader.isOrdered
    return copy
  }

  /** Came when it was on its way back already. */
  glimpsed({ id, queue }: Found): void {
    const copy = this.open.get(id)
    if (copy !== undefined) copy.seenIn = queue
    else this.ledger.complain(`${queue}: message ${id} is unknown, or must not be seen`)
  }

  settled(copy: Copy): void {
    copy.isOut = false
    copy.settledAtMs = this.ledger.now()
    copy.settledIn = this.ledger.life
  }

  returned(copy: Copy): void {
    copy.isOut = false
  }

  /** What had just been moved to a queue may be where it came from, and is new to the queue when it comes again. */
  restarted(): void {
    const now = this.ledger.now()
    for (const copy of this.open.values()) {
      copy.isOut = false
      if (copy.isMoved && now - copy.seenAtMs <= KEPT_AFTER_MS) copy.seenIn = undefined
      if (!copy.persistent) this.end(copy, 'transient')
    }
  }

  /** What was settled right before an earlier end is in doubt for ever: it may wait in a long queue. */
  sweep(now: number, life: number): void {
    for (const copy of this.open.values())
      if (copy.settledIn === life && isKept(copy, now)) this.end(copy, 'acknowledged')
  }

  private end(copy: Copy, why: 'acknowledged' | 'transient'): void {
    this.open.delete(copy.id)
    this.ended.set(copy.id, why)
  }

  private check(copy: Copy, { queue, body, redelivered }: Found, reader: Reader): void {
    const { figures, life } = this.ledger
    const complain = (what: string): void => this.ledger.complain(`${queue}: ${copy.describe()} ${what}`)
    if (!body.equals(bodyOf(copy.id, copy.bytes))) complain('has another body')
    if (copy.notBeforeMs > this.ledger.now()) complain('came before its time')
    if (copy.isOut) complain('was delivered again while it was out')
    if (copy.settledAtMs !== undefined) {
      if (copy.settledIn === life) complain('came again without a restart')
      figures.cameAgain++
    }
    if (copy.seenIn === queue && !redelivered) {
      figures.unmarked++
      complain('came again and says it is new')
    }
    if (redelivered || !reader.isOrdered) return
    const stream = `${copy.stream}/${copy.priority}`
    const last = reader.lastOf.get(stream) ?? 0
    if (last > copy.id) {
      figures.disordered++
      complain(`came after message ${last}`)
    }
    reader.lastOf.set(stream, copy.id)
  }
}

/** Its acknowledgement can no longer be undone. */
function isKept({ settledAtMs }: Copy, now: number): boolean {
  return settledAtMs !== undefined && now - settledAtMs > KEPT_AFTER_MS
}
