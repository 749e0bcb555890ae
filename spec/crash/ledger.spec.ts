/** The books must catch what they are there for: each kind of broken promise, planted. */
import { Ledger, type Publication } from './ledger'
import { bodyOf } from './message'
import { type Found, Reader } from './queue-ledger'

const BYTES = 20
const persistent = { persistent: true, bytes: BYTES }

describe('the books', () => {
  it('are content when what was confirmed is there in order, and the rest is there or not', () => {
    const { ledger, confirmed, unconfirmed } = afterFiveConfirmedOfTen()
    ledger.restarted()
    judge(ledger, [...confirmed, unconfirmed[0]!])
    expect(ledger.violations).toEqual([])
  })

  it('see that a confirmed message is missing', () => {
    const { ledger, confirmed } = afterFiveConfirmedOfTen()
    ledger.restarted()
    judge(ledger, confirmed.slice(1))
    expect(ledger.violations).toEqual([expect.stringMatching(/^q: message 1 .* is lost$/)])
  })

  it('see that a message is missing which an earlier restart had brought back', () => {
    const { ledger, confirmed, unconfirmed } = afterFiveConfirmedOfTen()
    ledger.restarted()
    judge(ledger, [...confirmed, unconfirmed[0]!])
    ledger.restarted()
    judge(ledger, confirmed)
    expect(ledger.violations).toEqual([expect.stringMatching(/^q: message 6 .* is lost$/)])
  })

  it('are content with what was acknowledged, whether it is back or not', () => {
    const { ledger, confirmed } = afterFiveConfirmedOfTen()
    const [first, second] = settle(ledger, confirmed.slice(0, 2))
    ledger.restarted()
    judge(ledger, [first!, ...confirmed.slice(2)])
    expect(ledger.violations).toEqual([])
    expect(ledger.figures.cameAgain).toBe(1)
    expect(second).toBeDefined()
  })

  it('want what comes again to say so', () => {
    const { ledger, confirmed } = afterFiveConfirmedOfTen()
    settle(ledger, confirmed.slice(0, 1))
    ledger.restarted()
    judge(ledger, confirmed, { redelivered: false })
    expect(ledger.violations).toEqual([expect.stringMatching(/^q: message 1 .* says it is new$/)])
  })

  it('see what comes back though its acknowledgement was kept', () => {
    const { ledger, confirmed } = afterFiveConfirmedOfTen()
    settle(ledger, confirmed.slice(0, 1))
    ledger.settledSafely(confirmed[0]!.copies)
    ledger.restarted()
    judge(ledger, confirmed)
    expect(ledger.violations).toEqual(['q: message 1 is back: it was settled in life 1, and that was kept'])
  })

  it('see what comes back though it was not there after an earlier restart', () => {
    const { ledger, confirmed, unconfirmed } = afterFiveConfirmedOfTen()
    ledger.restarted()
    judge(ledger, confirmed)
    ledger.restarted()
    judge(ledger, [...confirmed, unconfirmed[0]!])
    expect(ledger.violations).toEqual(['q: message 6 is back: it was not there after a restart'])
  })

  it('see a transient message that outlives the broker', () => {
    const ledger = new Ledger()
    const transient = ledger.publish('p', ['q'], { persistent: false, bytes: BYTES })
    ledger.confirmed(transient)
    ledger.restarted()
    judge(ledger, [transient])
    expect(ledger.violations).toEqual([expect.stringMatching(/^q: message 1 is back: it was transient/)])
  })

  it('see a message that nobody published, one that is there twice, and one with another body', () => {
    const { ledger, confirmed } = afterFiveConfirmedOfTen()
    ledger.restarted()
    const found = confirmed.map(each => foundAs(each))
    const damaged = { ...found[4]!, body: bodyOf(5, BYTES - 1) }
    ledger.queue('q').judge([...found.slice(0, 4), damaged, found[4]!, { ...found[0]!, id: 99 }], ledger.life)
    expect(ledger.violations).toEqual([
      expect.stringMatching(/^q: message 5 .* has another body$/),
      expect.stringMatching(/^q: message 5 .* was delivered again while it was out$/),
      'q: message 99 was never published',
    ])
  })

  it('see messages of one publisher out of order', () => {
    const { ledger, confirmed } = afterFiveConfirmedOfTen()
    ledger.restarted()
    const [first, second, ...others] = confirmed
    judge(ledger, [second!, first!, ...others])
    expect(ledger.violations).toEqual([expect.stringMatching(/^q: message 1 .* stands behind message 2$/)])
  })

  it('see messages of two publishers in another order than at the last look', () => {
    const ledger = new Ledger()
    const [one, other] = ['a', 'b'].map(stream => ledger.publish(stream, ['q'], persistent))
    ledger.restarted()
    judge(ledger, [one!, other!])
    ledger.restarted()
    judge(ledger, [other!, one!])
    expect(ledger.violations).toEqual([
      expect.stringMatching(/^q: message 1 .* stands behind what was behind it$/),
    ])
  })

  it('see deliveries out of order, and acknowledged messages that come again without a restart', () => {
    const { ledger, confirmed } = afterFiveConfirmedOfTen()
    const reader = new Reader()
    deliver(ledger, confirmed[1]!, reader)
    const first = deliver(ledger, confirmed[0]!, reader)
    ledger.queue('q').settled(first!, ledger.life)
    ledger.queue('q').delivered(foundAs(confirmed[0]!), ledger.life, reader)
    expect(ledger.violations).toEqual([
      expect.stringMatching(/^q: message 1 .* came after message 2$/),
      expect.stringMatching(/^q: message 1 .* came again without a restart$/),
    ])
  })
})

describe('the books of a transaction', () => {
  it('want all of it when its commit was answered', () => {
    const { ledger, transaction, publications } = afterTransactionOf(3)
    transaction.isAnswered = true
    for (const publication of publications) ledger.confirmed(publication)
    ledger.restarted()
    judge(ledger, publications.slice(1))
    expect(ledger.violations).toEqual([expect.stringMatching(/^q: message 1 .* is lost$/)])
  })

  it.each([0, 3])('are content with all or nothing when it was not: %d of 3', count => {
    const { ledger, publications } = afterTransactionOf(3)
    ledger.restarted()
    judge(ledger, publications.slice(0, count))
    expect(ledger.violations).toEqual([])
  })

  it('see a part of it', () => {
    const { ledger, publications } = afterTransactionOf(3)
    ledger.restarted()
    judge(ledger, publications.slice(0, 2))
    expect(ledger.violations).toEqual([
      expect.stringMatching(/is missing, and others of its transaction are/),
    ])
  })

  it('see what was published in one that was never committed', () => {
    const ledger = new Ledger()
    const id = ledger.hold(['q'])
    const found = { id, body: bodyOf(id, BYTES), redelivered: false }
    ledger.queue('q').delivered(found, ledger.life, new Reader())
    expect(ledger.violations).toEqual(['q: message 1 is back: its transaction was never committed'])
  })
})

describe('the books of a queue that was purged or deleted', () => {
  it('want only what was published afterwards', () => {
    const { ledger, confirmed } = afterFiveConfirmedOfTen()
    ledger.queue('q').dropping()
    const later = ledger.publish('p', ['q'], persistent)
    ledger.confirmed(later)
    ledger.restarted()
    judge(ledger, [confirmed[1]!])
    expect(ledger.violations).toEqual([expect.stringMatching(/^q: message 11 .* is lost$/)])
  })
})

function afterFiveConfirmedOfTen() {
  const ledger = new Ledger()
  const publications = Array.from({ length: 10 }, () => ledger.publish('p', ['q'], persistent))
  const confirmed = publications.slice(0, 5)
  for (const publication of confirmed) ledger.confirmed(publication)
  return { ledger, confirmed, unconfirmed: publications.slice(5) }
}

function afterTransactionOf(count: number) {
  const ledger = new Ledger()
  const transaction = { isAnswered: false }
  const publications = Array.from({ length: count }, () =>
    ledger.enter(ledger.hold(['q']), 'tx', ['q'], persistent, transaction),
  )
  return { ledger, transaction, publications }
}

function foundAs({ id, bytes }: Publication, redelivered = true): Found {
  return { id, body: bodyOf(id, bytes), redelivered }
}

function judge(ledger: Ledger, there: readonly Publication[], { redelivered } = { redelivered: true }): void {
  ledger.queue('q').judge(
    there.map(each => foundAs(each, redelivered)),
    ledger.life,
  )
}

function deliver(ledger: Ledger, publication: Publication, reader: Reader) {
  return ledger.queue('q').delivered(foundAs(publication, false), ledger.life, reader)
}

function settle(ledger: Ledger, publications: readonly Publication[]) {
  const reader = new Reader()
  for (const publication of publications) {
    const copy = deliver(ledger, publication, reader)
    if (copy !== undefined) ledger.queue('q').settled(copy, ledger.life)
  }
  return publications
}
