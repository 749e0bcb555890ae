/** What actors share during one life of the broker: where it is, the books, and when to stop. */
import type { Ledger } from './ledger'
import { Link, LinkLost } from './link'

/** Where what no broker should do is written down. */
export interface Books {
  complain(what: string): void
}

export class Stage<Kept extends Books = Ledger> {
  /** No new work: finish what was begun. */
  isOver = false
  private readonly links = new Set<Link>()
  private readonly pausing = new Set<() => void>()

  constructor(
    readonly url: string,
    readonly ledger: Kept,
    /** The broker has answered something that it may not forget. */
    readonly answered: () => void = () => {},
  ) {}

  async open(): Promise<Link> {
    if (this.isOver) throw new LinkLost()
    const link = Link.connect(this.url, what => this.ledger.complain(what))
    this.links.add(link)
    void link.closed.then(() => this.links.delete(link))
    await link.open()
    return link
  }

  /** Waits, but not beyond the end. */
  pause(delayMs: number): Promise<void> {
    if (this.isOver) return Promise.resolve()
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        this.pausing.delete(done)
        resolve()
      }
      const timer = setTimeout(done, delayMs)
      this.pausing.add(done)
    })
  }

  end(): void {
    this.isOver = true
    for (const done of this.pausing) done()
  }

  /** Nobody says anything any more; what the broker said is still heard. */
  hush(): void {
    this.end()
    for (const link of this.links) link.hush()
  }

  /** Returns when everything that the broker had said was heard. */
  async silence(): Promise<void> {
    await Promise.all([...this.links].map(link => link.closed))
  }

  close(): void {
    for (const link of this.links) link.destroy()
  }
}

/** Lets an actor wait for something that what it hears brings about. */
export class Gate {
  private waiting: (() => void)[] = []

  constructor(private readonly link: Link) {
    void link.closed.then(() => this.knock())
  }

  /** Something changed. */
  knock(): void {
    const { waiting } = this
    this.waiting = []
    for (const resume of waiting) resume()
  }

  /** @throws LinkLost */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.link.isLost) throw new LinkLost()
      await new Promise<void>(resolve => this.waiting.push(resolve))
    }
  }
}
