/** What the process says of itself: read from the real one, so only what must hold anywhere is asked for. */
import { tmpdir } from 'node:os'
import { NodeProbe } from '../../src/metrics/node-probe'

describe('what a process says of itself', () => {
  it('is its memory, its descriptors, its disk and how long it runs', async () => {
    const probe = new NodeProbe({ dataDir: tmpdir(), sockets: () => 3 })
    await probe.start()
    const { mem_used, mem_limit, disk_free, sockets_used, uptime } = probe.now()
    expect(mem_used).toBeGreaterThan(1_000_000)
    expect(mem_limit).toBeGreaterThan(mem_used)
    expect(disk_free).toBeGreaterThan(0)
    expect([sockets_used, uptime > 0]).toEqual([3, true])
    expect(probe.process().cpuSeconds).toBeGreaterThan(0)
    probe.stop()
  })

  it('is unknown where nobody tells it, and the rest is there', async () => {
    const probe = new NodeProbe({ dataDir: '/nowhere/at/all', sockets: () => 0 })
    await probe.start()
    expect(probe.now().disk_free).toBe(0)
    expect(probe.now().mem_used).toBeGreaterThan(0)
    probe.stop()
  })

  it('is kept by RabbitMQ’s names, the time that the event loop was busy as a part', async () => {
    const probe = new NodeProbe({ dataDir: undefined, sockets: () => 2 })
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
