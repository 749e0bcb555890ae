/** What every message store must keep to, whatever it keeps messages in. Run by the spec of each. */
import type { CommitTicket, MessageStore } from '../../src/store/message-store'

export interface StoreUnderTest {
  readonly store: MessageStore
  /** Lets the store commit what has gathered, and nothing that joins meanwhile. */
  commit(): void | Promise<void>
}

const record = Buffer.from('..record..')

/** Every operation, on an entry that was appended before. */
const operations: Readonly<Record<string, (store: MessageStore) => CommitTicket>> = {
  append: store => store.append(1, 1, record, 2, 8, 2),
  settle: store => store.settle(1, 0),
  settleFrom: store => store.settleFrom(1, 0),
  markDelivered: store => store.markDelivered(1),
  removeQueue: store => store.removeQueue(1),
}

export function keepsTheContractOfMessageStores(make: () => StoreUnderTest): void {
  const open = (): StoreUnderTest => {
    const made = make()
    for (const queueId of [1, 2]) made.store.openQueue(queueId, { head: 0, delivered: 0 })
    return made
  }

  describe('the tickets of a message store', () => {
    it.each(Object.keys(operations))('are above what is committed until the commit: %s', async name => {
      const { store, commit } = open()
      store.append(1, 0, record, 2, 8, 2)
      await commit()
      const ticket = operations[name]!(store)
      expect(ticket).toBeGreaterThan(store.committed)
      await commit()
      expect(ticket).toBeLessThanOrEqual(store.committed)
    })

    it('are the same for all that joins one batch, and one more for the next', async () => {
      const { store, commit } = open()
      const first = store.append(1, 0, record, 2, 8, 2)
      expect([store.append(2, 0, record, 2, 8, 2), store.markDelivered(1), store.settle(1, 0)]).toEqual([
        first,
        first,
        first,
      ])
      await commit()
      expect(store.removeQueue(1)).toBe(first + 1)
    })

    it('are never that of nothing to wait for', () => {
      expect(open().store.append(1, 0, record, 2, 8, 2)).toBeGreaterThan(0)
    })
  })

  describe('a listener of a message store', () => {
    it('hears of each commit once, when it is done, and never inside a call', async () => {
      const { store, commit } = open()
      const heard: CommitTicket[] = []
      store.onCommitted(committed => {
        expect(store.committed).toBe(committed)
        heard.push(committed)
      })
      const tickets: CommitTicket[] = []
      for (let batch = 0; batch < 3; batch++) {
        tickets.push(store.append(1, batch, record, 2, 8, 2))
        store.append(2, batch, record, 2, 8, 2)
        expect(heard).toHaveLength(batch)
        await commit()
      }
      expect(heard).toEqual(tickets)
    })

    it('may begin the next batch', async () => {
      const { store, commit } = open()
      const first = store.append(1, 0, record, 2, 8, 2)
      let second = 0
      store.onCommitted(() => {
        if (second === 0) second = store.settle(1, 0)
      })
      await commit()
      expect([second, store.committed]).toEqual([first + 1, first])
      await commit()
      expect(store.committed).toBe(second)
    })

    it('is one of any number', async () => {
      const { store, commit } = open()
      const heard: string[] = []
      store.onCommitted(() => heard.push('one'))
      store.onCommitted(() => heard.push('another'))
      store.append(1, 0, record, 2, 8, 2)
      await commit()
      expect(heard).toEqual(['one', 'another'])
    })
  })
}
