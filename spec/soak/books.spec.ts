/** The books of a soak with each kind of broken promise planted in them. */
import { bodyOf } from '../crash/message'
import { type Book, type Found, Reader, SoakLedger } from './books'
import type { Copy } from './copy'

let now: number
let ledger: SoakLedger
let book: Book
let reader: Reader

beforeEach(() => {
  now = 0
  ledger = new SoakLedger(() => now)
  book = ledger.book('plain')
  reader = new Reader(true)
})

function confirmed(id: number, traits: Partial<Copy> = {}): Copy {
  return book.publish(id, 'some', { bytes: 10, isPromised: true, ...traits })
}

function come(id: number, traits: Partial<Found> = {}): Copy | undefined {
  return book.delivered({ queue: 'q', id, body: bodyOf(id, 10), redelivered: false, ...traits }, reader)
}

function settle(id: number): void {
  book.settled(come(id)!)
}

function restart(): void {
  ledger.restarted()
  reader = new Reader(true)
}

/** Long enough for an acknowledgement to be on the disk. */
function passLong(): void {
  now += 20_000
  ledger.sweep()
}

describe('the books of a soak are content when', () => {
  afterEach(() => {
    ledger.close()
    expect(ledger.complaints).toEqual([])
  })

  it('each message comes once, in order, and is acknowledged', () => {
    for (const id of [1, 2, 3]) confirmed(id)
    for (const id of [1, 2, 3]) settle(id)
  })

  it('what was returned comes again, and says so', () => {
    book.returned(confirmed(1) && come(1)!)
    book.settled(come(1, { redelivered: true })!)
  })

  it('what was acknowledged right before a kill comes again', () => {
    confirmed(1)
    settle(1)
    restart()
    book.settled(come(1, { redelivered: true })!)
    expect(ledger.figures.cameAgain).toBe(1)
  })

  it('what was acknowledged right before a kill comes again long after it, for it took long to start', () => {
    confirmed(1)
    settle(1)
    ledger.ending()
    passLong()
    restart()
    passLong()
    book.settled(come(1, { redelivered: true })!)
  })

  it('what nobody had confirmed is gone after a kill, and so is what was transient', () => {
    confirmed(1, { isPromised: false })
    confirmed(2, { persistent: false })
    restart()
  })

  it('a dead letter is new where it comes to', () => {
    book.returned(confirmed(1) && come(1)!)
    book.settled(come(1, { queue: 'dead' })!)
  })

  it('a dead letter that a kill sent back to where it died comes again as new', () => {
    book.returned(confirmed(1) && come(1)!)
    reader = new Reader(false)
    come(1, { queue: 'dead' })
    restart()
    book.settled(come(1, { queue: 'dead' })!)
  })

  it('messages of different priorities pass each other', () => {
    confirmed(1, { priority: 0 })
    confirmed(2, { priority: 1 })
    settle(2)
    settle(1)
  })
})

describe('the books of a soak complain when', () => {
  afterEach(() => expect(ledger.figures.complaints).toBeGreaterThan(0))

  it('a confirmed message never comes', () => {
    confirmed(1)
    restart()
    ledger.close()
    expect(ledger.figures.lost).toBe(1)
  })

  it('a message comes that nobody published, that was rolled back, or transient before a restart', () => {
    book.hold(2)
    confirmed(3, { persistent: false })
    restart()
    for (const id of [1, 2, 3]) come(id)
    expect(ledger.figures.invented).toBe(3)
  })

  it('a message overtakes another of its publisher', () => {
    confirmed(1)
    confirmed(2)
    settle(2)
    settle(1)
    expect(ledger.figures.disordered).toBe(1)
  })

  it('a message comes again and does not say so', () => {
    book.returned(confirmed(1) && come(1)!)
    come(1)
    expect(ledger.figures.unmarked).toBe(1)
  })

  it('a message is with two consumers', () => {
    confirmed(1)
    come(1)
    come(1, { redelivered: true })
    expect(ledger.complaints[0]).toContain('while it was out')
  })

  it('what was acknowledged comes again without a restart', () => {
    confirmed(1)
    settle(1)
    come(1, { redelivered: true })
    expect(ledger.complaints[0]).toContain('without a restart')
  })

  it('what was acknowledged long before a kill comes again after it', () => {
    confirmed(1)
    settle(1)
    passLong()
    restart()
    come(1, { redelivered: true })
    expect(ledger.complaints[0]).toContain('which was acknowledged')
  })

  it('a message comes with another body', () => {
    confirmed(1)
    come(1, { body: bodyOf(2, 10) })
    expect(ledger.complaints[0]).toContain('another body')
  })

  it('a delayed message comes before its time', () => {
    confirmed(1, { notBeforeMs: 5 })
    come(1)
    expect(ledger.complaints[0]).toContain('before its time')
  })
})
