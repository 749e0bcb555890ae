/**
 * A long text that is written once for all who ask for it at about the same time, and is never whole in memory: it is written
 * some megabytes ahead of whoever reads fastest, and what all have read is gone.
 *
 *     part ─► part ─► part ─► part ─► (not written yet)
 *      │        └ a reader      └ the fastest one
 *      └ where those who come later begin, until the first megabytes are written
 */

/** Bytes: what a socket takes at once. */
const PART_BYTES = 64 * 1024
/** How far the writing is ahead of the fastest reader, in parts. Who comes later than that has a text of his own. */
const AHEAD_MAX = 64

interface Part {
  readonly bytes: Buffer
  readonly index: number
  /** Undefined: this is the last. */
  readonly next: Promise<Part | undefined>
}

/** Texts that are being written, by what was asked for. */
export class SharedTexts {
  private readonly begun = new Map<string, SharedText>()

  /** The bytes of the text. `write`: called if nobody asked for the same just before. */
  read(what: string, write: () => AsyncIterable<string>): AsyncGenerator<Buffer> {
    let text = this.begun.get(what)
    if (text === undefined) {
      text = new SharedText(partsOf(write()), () => this.begun.delete(what))
      this.begun.set(what, text)
    }
    return text.read()
  }
}

class SharedText {
  /** As long as others may join. */
  private first: Promise<Part | undefined> | undefined
  private readTo = 0
  private wake = (): void => {}

  constructor(
    private readonly parts: AsyncIterator<Buffer>,
    /** Nobody may join any more. */
    private readonly onLeft: () => void,
  ) {
    this.first = this.write(0)
  }

  /** From its beginning, whenever the reading begins. */
  read(): AsyncGenerator<Buffer> {
    return this.follow({ next: this.first })
  }

  /** `place`: handed over, so that nothing else holds what was read. */
  private async *follow(place: { next: Promise<Part | undefined> | undefined }): AsyncGenerator<Buffer> {
    for (;;) {
      const part = await place.next
      if (part === undefined) return
      place.next = part.next
      if (part.index > this.readTo) {
        this.readTo = part.index
        this.wake()
      }
      yield part.bytes
    }
  }

  /** Writes on by itself. Nothing is left of it if all who read have gone. */
  private write(index: number): Promise<Part | undefined> {
    const written = this.writePart(index)
    written.catch(() => {}) // whoever reads hears of it; perhaps nobody does any more
    return written
  }

  private async writePart(index: number): Promise<Part | undefined> {
    if (index === AHEAD_MAX) this.leave()
    while (index - this.readTo > AHEAD_MAX) {
      await new Promise<void>(resolve => {
        this.wake = resolve
      })
    }
    let isLast = true
    try {
      const { value, done } = await this.parts.next()
      if (done) return undefined
      isLast = false
      return { bytes: value, index, next: this.write(index + 1) }
    } finally {
      if (isLast) this.leave()
    }
  }

  private leave(): void {
    if (this.first === undefined) return
    this.first = undefined
    this.onLeft()
  }
}

async function* partsOf(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let part = ''
  for await (const text of texts) {
    part += text
    if (part.length < PART_BYTES) continue
    yield Buffer.from(part)
    part = ''
  }
  if (part !== '') yield Buffer.from(part)
}
