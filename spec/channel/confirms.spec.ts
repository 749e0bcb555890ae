import fc from 'fast-check'
import { Confirms } from '../../src/channel/confirms'
import type { Peer } from '../../src/channel/peer'
import { RecordingPeer } from '../support/recording-peer'

const NOW = 0

function confirming(): { confirms: Confirms; peer: RecordingPeer } {
  const peer = new RecordingPeer()
  return { confirms: new Confirms(3, peer as unknown as Peer), peer }
}

describe('publishes that need not be kept', () => {
  it('are acked in one, on their channel', () => {
    const { confirms, peer } = confirming()
    for (let i = 0; i < 1000; i++) confirms.add(NOW)
    expect(peer.confirms).toEqual([])
    confirms.answer(0)
    expect(peer.confirms).toEqual(['ack ..1000'])
    expect([...peer.channels]).toEqual([3])
  })

  it('are acked without multiple when there is one', () => {
    const { confirms, peer } = confirming()
    for (let i = 0; i < 3; i++) {
      confirms.add(NOW)
      confirms.answer(0)
    }
    expect(peer.confirms).toEqual(['ack 1', 'ack 2', 'ack 3'])
  })

  it('are acked once', () => {
    const { confirms, peer } = confirming()
    confirms.answer(5)
    confirms.add(NOW)
    confirms.answer(5)
    confirms.answer(6)
    expect(peer.confirms).toEqual(['ack 1'])
  })
})

describe('publishes that are to be kept', () => {
  it('wait for their ticket', () => {
    const { confirms, peer } = confirming()
    for (const ticket of [1, 1, 2, 3, 3]) confirms.add(ticket)
    const answers = [0, 1, 2, 3].map(committed => {
      confirms.answer(committed)
      return peer.takeConfirms()
    })
    expect(answers).toEqual([[], ['ack ..2'], ['ack 3'], ['ack ..5']])
  })

  it('are acked in one, whatever the number of commits between', () => {
    const { confirms, peer } = confirming()
    for (const ticket of [1, 2, 3, 9]) confirms.add(ticket)
    confirms.answer(8)
    expect(peer.takeConfirms()).toEqual(['ack ..3'])
  })

  it('hold back those behind them, so that answers keep their order', () => {
    const { confirms, peer } = confirming()
    for (const ticket of [5, NOW, 4]) confirms.add(ticket)
    confirms.answer(4)
    expect(peer.confirms).toEqual([])
    confirms.answer(5)
    expect(peer.confirms).toEqual(['ack ..3'])
  })

  it('hold back nobody any more once they are answered', () => {
    const { confirms, peer } = confirming()
    confirms.add(5)
    confirms.answer(5)
    confirms.add(NOW)
    confirms.answer(0)
    expect(peer.confirms).toEqual(['ack 1', 'ack 2'])
  })
})

describe('publishes that were refused', () => {
  it('are nacked, in one when they came in a row', () => {
    const { confirms, peer } = confirming()
    for (let i = 0; i < 4; i++) confirms.add(NOW, true)
    confirms.answer(0)
    confirms.add(NOW, true)
    confirms.answer(0)
    expect(peer.confirms).toEqual(['nack ..4', 'nack 5'])
  })

  it('are nacked between the acks of those before and behind them', () => {
    const { confirms, peer } = confirming()
    for (const refused of [false, false, true, false, true, true, false]) confirms.add(NOW, refused)
    confirms.answer(0)
    expect(peer.confirms).toEqual(['ack ..2', 'nack 3', 'ack 4', 'nack ..6', 'ack 7'])
  })

  it('wait for the commit of those before them', () => {
    const { confirms, peer } = confirming()
    confirms.add(1)
    confirms.add(NOW, true)
    confirms.answer(0)
    expect(peer.confirms).toEqual([])
    confirms.answer(1)
    expect(peer.confirms).toEqual(['ack 1', 'nack 2'])
  })
})

describe('a channel in confirm mode', () => {
  it('knows how many publishes have no answer yet', () => {
    const { confirms } = confirming()
    const seen = [confirms.unconfirmed]
    for (const ticket of [1, 1, 2]) confirms.add(ticket)
    confirms.add(NOW, true)
    for (const committed of [0, 1, 2]) {
      seen.push(confirms.unconfirmed)
      confirms.answer(committed)
    }
    expect([...seen, confirms.unconfirmed]).toEqual([0, 4, 4, 2, 0])
  })

  it('answers each publish once, in order, as soon as it and all before it are safe, and with few frames', () => {
    const anyPublish = fc.record({ ahead: fc.nat(3), refused: fc.boolean(), committing: fc.boolean() })
    fc.assert(
      fc.property(fc.array(anyPublish, { maxLength: 100, size: 'max' }), publishes => {
        const world = new World()
        for (const { ahead, refused, committing } of publishes) {
          world.publish(refused ? NOW : ahead, refused)
          if (committing) world.commit()
        }
        for (let i = 0; i < 4; i++) world.commit()
        expect(world.waiting).toEqual([])
      }),
    )
  })
})

/** What waits for its answer, one by one: the model of `Confirms`. */
class World {
  readonly waiting: { ticket: number; refused: boolean }[] = []
  private readonly peer = new RecordingPeer()
  private readonly confirms = new Confirms(1, this.peer as unknown as Peer)
  private committed = 0
  private answered = 0

  /** `ahead`: how many commits away its own is; 0: nothing to wait for. */
  publish(ahead: number, refused: boolean): void {
    const ticket = ahead === 0 ? NOW : this.committed + ahead
    this.confirms.add(ticket, refused)
    this.waiting.push({ ticket, refused })
  }

  commit(): void {
    this.confirms.answer(++this.committed)
    expect(this.peer.takeConfirms()).toEqual(this.answers())
    expect(this.confirms.unconfirmed).toBe(this.waiting.length)
  }

  /** Runs of the same answer, one frame each. */
  private answers(): string[] {
    const answers: string[] = []
    while (this.isFirstSafe()) {
      const { refused } = this.waiting[0]!
      let run = 0
      for (; this.isFirstSafe() && this.waiting[0]!.refused === refused; run++) this.waiting.shift()
      this.answered += run
      answers.push(`${refused ? 'nack' : 'ack'} ${run > 1 ? '..' : ''}${this.answered}`)
    }
    return answers
  }

  private isFirstSafe(): boolean {
    const first = this.waiting[0]
    return first !== undefined && first.ticket <= this.committed
  }
}
