/** What the process says of itself: read from the real one, so only what must hold anywhere is asked for. */
import { NodeProbe, type WatchedResources } from '../../src/metrics/node-probe'
import { fakeResources } from '../support/fake-machine'

describe('what a process says of itself', () => {
  it('is its memory and disk as they are watched, and how long it runs', async () => {
    const probe = new NodeProbe({ resources: fakeResources(), sockets: () => 3 })
    await probe.start()
    const { uptime, ...reading } = probe.now()
    expect(reading).toMatchObject({
      mem_used: 100_000_000,
      mem_limit: 600_000_000,
      disk_free: 5_000_000_000,
      disk_free_limit: 50_000_000,
      sockets_used: 3,
    })
    expect(uptime).toBeGreaterThan(0)
    expect(probe.process().cpuSeconds).toBeGreaterThan(0)
    probe.stop()
  })

  it('has all of the memory as its limit where there is no alarm, and none where nobody knows', async () => {
    const { memory, disk } = fakeResources()
    const unlimited: WatchedResources = {
      memory: { ...memory, limit: undefined },
      disk: { ...disk, free: undefined, limit: undefined },
    }
    const probe = new NodeProbe({ resources: unlimited, sockets: () => 0 })
    await probe.start()
    expect(probe.now()).toMatchObject({ mem_limit: 1_000_000_000, disk_free: 0, disk_free_limit: 0 })
    probe.stop()
  })

  it('is kept by RabbitMQ’s names, the time that the event loop was busy as a part', async () => {
    const probe = new NodeProbe({ resources: fakeResources(), sockets: () => 2 })
    await probe.start()
    const read = new Map<string, number>()
    probe.read((name, value) => read.set(name, value))
    expect([...read.keys()]).toEqual([
      'mem_used',
      'fd_used',
      'sockets_used',
      'disk_free',
      'gc_num',
      'event_loop_busy',
    ])
    expect(read.get('event_loop_busy')).toBeGreaterThanOrEqual(0)
    expect(read.get('event_loop_busy')).toBeLessThanOrEqual(1)
    probe.stop()
  })
})
