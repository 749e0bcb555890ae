import { type Phases, SystemTurn, type TurnWork } from '../src/turn'
import { ManualTurn } from './support/manual-turn'

type Phase = 'deliver' | 'commit' | 'answer' | 'flush' | 'readOn'
const PHASES: readonly Phase[] = ['deliver', 'commit', 'answer', 'flush', 'readOn']

const ran: string[] = []
beforeEach(() => {
  ran.length = 0
})

/** It takes `setImmediate` as it is when it is loaded. */
function freshlyLoaded(): SystemTurn {
  let turn: SystemTurn | undefined
  jest.isolateModules(() => {
    const loaded = require('../src/turn') as { SystemTurn: typeof SystemTurn }
    turn = new loaded.SystemTurn()
  })
  return turn as SystemTurn
}

/** Work that notes its name, and then does something. */
function work(name: string, then: () => void = () => {}): TurnWork {
  return {
    runTurn: () => {
      ran.push(name)
      then()
    },
  }
}

function markIn(turn: Phases, phase: Phase, name: string, then?: () => void): void {
  turn[phase](work(name, then))
}

describe('a turn', () => {
  it('runs its phases in their order, whatever the order of marking', () => {
    const turn = new ManualTurn()
    for (const phase of [...PHASES].reverse()) markIn(turn, phase, phase)
    turn.run()
    expect(ran).toEqual(PHASES)
  })

  it('runs the work of a phase in the order of marking, and each as often as it was marked', () => {
    const turn = new ManualTurn()
    const twice = work('twice')
    turn.deliver(twice)
    markIn(turn, 'deliver', 'once')
    turn.deliver(twice)
    turn.run()
    expect(ran).toEqual(['twice', 'once', 'twice'])
  })

  it('forgets what it ran', () => {
    const turn = new ManualTurn()
    markIn(turn, 'deliver', 'first')
    turn.run()
    turn.run()
    turn.run()
    expect(ran).toEqual(['first'])
  })

  it.each(PHASES)(
    'runs later phases that %s marked in the same turn, and leaves the others for the next',
    marking => {
      const turn = new ManualTurn()
      markIn(turn, marking, 'marking', () => {
        for (const phase of PHASES) markIn(turn, phase, phase)
      })
      turn.run()
      const later = PHASES.slice(PHASES.indexOf(marking) + 1)
      expect(ran).toEqual(['marking', ...later])
      ran.length = 0
      turn.run()
      expect(ran).toEqual(PHASES.filter(phase => !later.includes(phase)))
    },
  )

  it('says whether it left work for another', () => {
    const turn = new ManualTurn()
    expect(turn.run()).toBe(false)
    markIn(turn, 'deliver', 'a', () => markIn(turn, 'flush', 'b'))
    expect(turn.run()).toBe(false)
    markIn(turn, 'flush', 'c', () => markIn(turn, 'deliver', 'd'))
    expect(turn.run()).toBe(true)
    expect(turn.run()).toBe(false)
  })

  it('never recurses: work that marks itself runs once a turn', () => {
    const turn = new ManualTurn()
    const again = work('again', () => turn.commit(again))
    turn.commit(again)
    for (let i = 0; i < 5; i++) turn.run()
    expect(ran).toHaveLength(5)
  })
})

describe('a turn that takes long', () => {
  class LongTurn extends ManualTurn {
    protected override isLong(): boolean {
      return true
    }
  }

  it.each(['deliver', 'readOn'] as const)('leaves most of %s for later turns, in their order', phase => {
    const turn = new LongTurn()
    const names = Array.from({ length: 40 }, (_, i) => `${i}`)
    for (const name of names) markIn(turn, phase, name)
    expect(turn.run()).toBe(true)
    expect(ran).toEqual(names.slice(0, 15))
    markIn(turn, phase, 'behind them')
    turn.runAll()
    expect(ran).toEqual([...names, 'behind them'])
  })

  it.each(['commit', 'answer', 'flush'] as const)('does all of %s', phase => {
    const turn = new LongTurn()
    for (let i = 0; i < 40; i++) markIn(turn, phase, `${i}`)
    expect(turn.run()).toBe(false)
    expect(ran).toHaveLength(40)
  })
})

describe('a turn of the event loop', () => {
  it('comes round again for what a long one left', async () => {
    const clock = jest.spyOn(performance, 'now')
    let now = 0
    clock.mockImplementation(() => now)
    const turn = new SystemTurn()
    for (let i = 0; i < 40; i++) markIn(turn, 'deliver', `${i}`, () => (now += 2))
    await new Promise(resolve => setImmediate(resolve))
    expect(ran).toHaveLength(15)
    for (let turns = 0; turns < 3; turns++) await new Promise(resolve => setImmediate(resolve))
    expect(ran).toHaveLength(40)
    clock.mockRestore()
  })

  const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

  it('runs nothing before the loop comes round', async () => {
    const turn = new SystemTurn()
    markIn(turn, 'deliver', 'a')
    await Promise.resolve()
    expect(ran).toEqual([])
    await nextTurn()
    expect(ran).toEqual(['a'])
  })

  it('gathers what was marked by everyone into one turn', async () => {
    const turn = new SystemTurn()
    markIn(turn, 'flush', 'flush of one connection')
    markIn(turn, 'deliver', 'queue of another')
    await nextTurn()
    expect(ran).toEqual(['queue of another', 'flush of one connection'])
  })

  it('does not run into the next: sockets come between', async () => {
    const turn = new SystemTurn()
    markIn(turn, 'flush', 'first', () => markIn(turn, 'deliver', 'second'))
    await nextTurn()
    expect(ran).toEqual(['first'])
    await nextTurn()
    expect(ran).toEqual(['first', 'second'])
  })

  it('comes round as often as there is work', async () => {
    const turn = new SystemTurn()
    for (let i = 1; i <= 3; i++) {
      markIn(turn, 'commit', `${i}`)
      await nextTurn()
    }
    expect(ran).toEqual(['1', '2', '3'])
  })

  it('asks for one turn, however much is marked', () => {
    const asked = jest.spyOn(globalThis, 'setImmediate').mockReturnValue({} as NodeJS.Immediate)
    const turn = freshlyLoaded()
    for (const phase of PHASES) markIn(turn, phase, phase)
    expect(asked).toHaveBeenCalledTimes(1)
    asked.mockRestore()
  })
})
