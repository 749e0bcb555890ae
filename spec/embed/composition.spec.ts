/** A broker that cannot be composed to its end leaves nothing behind that goes on. */
import { resolveOptions } from '../../src/config/load'
import { compose } from '../../src/embed/composition'
import { openMemoryStore } from '../../src/store/open-store'
import { SystemTurn } from '../../src/turn'
import { FakeMachine } from '../support/fake-machine'
import { ManualClock } from '../support/manual-clock'

it('watches nothing any more when it cannot listen', async () => {
  const clock = new ManualClock()
  const turn = new SystemTurn()
  const options = resolveOptions({ vmMemoryHighWatermark: '500MB', logLevel: 'silent' })
  const cannotListen = new Error('no such address')
  const composing = compose({
    ...{ clock, turn, options, opened: openMemoryStore(turn), machine: new FakeMachine() },
    listen: () => Promise.reject(cannotListen),
  })
  await expect(composing).rejects.toBe(cannotListen)
  expect(clock.pending).toBe(0)
})
