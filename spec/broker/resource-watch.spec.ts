/** When memory and disk are short, on a machine that says so, at a clock that is told to go on. */
import { Alarms } from '../../src/broker/resources/alarms'
import { DiskWatch } from '../../src/broker/resources/disk-watch'
import { MemoryWatch } from '../../src/broker/resources/memory-watch'
import { FakeMachine } from '../support/fake-machine'
import { ManualClock } from '../support/manual-clock'
import { RecordingLogger } from '../support/recording-logger'

const LIMIT = 600_000_000

function arranged() {
  const around = {
    clock: new ManualClock(),
    machine: new FakeMachine(),
    alarms: new Alarms(),
    logger: new RecordingLogger(),
  }
  const told: (string | undefined)[] = []
  around.alarms.onChange(() => told.push(around.alarms.reason))
  return { ...around, around, told }
}

describe('the watch over memory', () => {
  function watching(limit: number | 'none' = LIMIT) {
    const all = arranged()
    const relieve = jest.fn()
    const watch = new MemoryWatch(all.around, limit === 'none' ? undefined : limit, relieve)
    watch.start()
    return { ...all, watch, relieve }
  }

  it('raises an alarm above the limit, and clears it at the limit', () => {
    const { clock, machine, alarms, told } = watching()
    machine.used = LIMIT
    clock.advance(1000)
    expect(alarms.reason).toBeUndefined()
    machine.used = LIMIT + 1
    clock.advance(1000)
    expect(alarms.reason).toBe('low on memory')
    clock.advance(5000)
    machine.used = LIMIT
    clock.advance(1000)
    expect(told).toEqual(['low on memory', undefined])
  })

  it('is there before a gigabyte a second has filled what was left', () => {
    const { clock, machine, alarms } = watching()
    machine.used = 400_000_000
    clock.advance(1000)
    while (machine.used <= LIMIT) {
      machine.used += 1_000_000
      clock.advance(1)
    }
    clock.advance(100)
    expect(alarms.isRaised).toBe(true)
  })

  it('asks for relief before it is there, and as long as memory is short', () => {
    const { clock, machine, alarms, relieve } = watching()
    machine.used = 0.79 * LIMIT
    clock.advance(3000)
    expect(relieve).not.toHaveBeenCalled()
    machine.used = 0.81 * LIMIT
    clock.advance(3000)
    const times = relieve.mock.calls.length
    expect(times).toBeGreaterThan(1)
    expect(alarms.isRaised).toBe(false)
    machine.used = 0.7 * LIMIT
    clock.advance(3000)
    expect(relieve.mock.calls.length).toBeLessThan(times + 2)
  })

  it('raises none for what is only garbage', () => {
    const { clock, machine, told } = watching()
    machine.garbage = LIMIT
    clock.advance(2000)
    expect([machine.collections, told]).toEqual([1, []])
  })

  it('collects what nobody uses any more, so that consumers alone make room', () => {
    const { clock, machine, alarms } = watching()
    machine.used = LIMIT + 1
    clock.advance(1000)
    expect(alarms.isRaised).toBe(true)
    machine.used = 100_000_000
    machine.garbage = LIMIT
    clock.advance(2000)
    expect([alarms.isRaised, machine.garbage]).toEqual([false, 0])
  })

  it('collects no more than a twentieth of the time', () => {
    const { clock, machine } = watching()
    machine.used = LIMIT + 1
    machine.collectGarbage = () => {
      machine.collections++
      clock.advance(500)
    }
    clock.advance(100_000)
    expect(machine.collections).toBeGreaterThan(5)
    expect(machine.collections).toBeLessThanOrEqual(11)
  })

  it('collects nothing while there is memory', () => {
    const { clock, machine } = watching()
    clock.advance(60_000)
    expect(machine.collections).toBe(0)
  })

  it('raises an alarm before the heap is full, however much memory there is', () => {
    const { clock, machine, told } = watching()
    machine.heap = 850_000_000
    clock.advance(2000)
    expect(told).toEqual([])
    machine.heap++
    clock.advance(2000)
    machine.heap--
    clock.advance(2000)
    expect(told).toEqual(['low on memory', undefined])
  })

  it('looks at nothing without a limit, or once it is stopped', () => {
    expect(watching('none').clock.pending).toBe(0)
    const { watch, clock } = watching()
    watch.stop()
    expect(clock.pending).toBe(0)
  })
})

describe('the watch over the disk', () => {
  async function watching(limit: number | 'none' = 50_000_000) {
    const all = arranged()
    const watch = new DiskWatch(all.around, '/data', limit === 'none' ? undefined : limit)
    await watch.start()
    /** Time passes, and the disk answers. */
    const pass = async (ms: number): Promise<void> => {
      all.clock.advance(ms)
      await new Promise(setImmediate)
    }
    return { ...all, watch, pass }
  }

  it('raises an alarm below the limit, and clears it at the limit', async () => {
    const { machine, told, pass } = await watching()
    machine.free = 50_000_000
    await pass(10_000)
    expect(told).toEqual([])
    machine.free = 49_999_999
    await pass(10_000)
    machine.free = 50_000_000
    await pass(10_000)
    expect(told).toEqual(['low on disk', undefined])
  })

  it('looks the more often the less is free', async () => {
    const { machine, told, pass } = await watching()
    machine.free = 62_500_000
    await pass(10_000)
    machine.free = 0
    await pass(99)
    expect(told).toEqual([])
    await pass(1)
    expect(told).toEqual(['low on disk'])
  })

  it('raises none for a disk that does not say, and warns of it once', async () => {
    const { machine, told, watch, logger, pass } = await watching()
    machine.free = undefined
    await pass(10_000)
    await pass(10_000)
    expect([watch.free, told]).toEqual([undefined, []])
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    machine.free = 1
    await pass(10_000)
    expect(told).toEqual(['low on disk'])
  })

  it('tells what is free where there is no limit', async () => {
    const { watch, machine, told, pass } = await watching('none')
    machine.free = 0
    await pass(10_000)
    expect([watch.free, told]).toEqual([0, []])
    watch.stop()
  })

  it('is silent once it is stopped, though the disk still answers', async () => {
    const { machine, told, watch, clock } = await watching()
    machine.free = 0
    clock.advance(10_000)
    watch.stop()
    await new Promise(setImmediate)
    expect([told, clock.pending]).toEqual([[], 0])
  })

  it('says nothing of a folder that went with its broker', async () => {
    const { machine, watch, clock, logger } = await watching()
    machine.free = undefined
    clock.advance(10_000)
    watch.stop()
    await new Promise(setImmediate)
    expect(logger.lines).toEqual([])
  })
})

describe('alarms', () => {
  it('are in force until the last is cleared', () => {
    const { alarms, told } = arranged()
    const heard: string[] = []
    alarms.listen({ alarmRaised: () => heard.push('raised'), alarmCleared: () => heard.push('cleared') })
    const disk = alarms.raise('low on disk')
    const other = alarms.raise('low on disk')
    const memory = alarms.raise('low on memory')
    expect(alarms.resources).toEqual(['disk', 'memory'])
    disk.clear()
    disk.clear()
    expect(alarms.isShort('disk')).toBe(true)
    other.clear()
    memory.clear()
    expect(told).toEqual([
      'low on disk',
      'low on disk',
      'low on disk & memory',
      'low on disk & memory',
      'low on memory',
      undefined,
    ])
    expect(heard).toEqual(['raised', 'raised', 'raised', 'cleared'])
  })

  it('say what they are raised with where that is no resource', () => {
    const { alarms } = arranged()
    alarms.raise('low on memory')
    alarms.raise('closed for lunch')
    expect(alarms.reason).toBe('closed for lunch')
    expect(alarms.resources).toEqual(['memory'])
  })
})
