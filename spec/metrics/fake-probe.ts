/** A machine that says the same of itself every time. */
import type { NodeProbe } from '../../src/metrics/node-probe'

export function fakeProbe(): NodeProbe {
  const reading = {
    mem_used: 100_000_000,
    mem_limit: 600_000_000,
    fd_used: 40,
    fd_total: 1024,
    sockets_used: 3,
    disk_free: 5_000_000_000,
    disk_free_limit: 50_000_000,
    gc_num: 7,
    uptime: 12_000,
  }
  return {
    now: () => reading,
    process: () => ({
      ...reading,
      started: 1_700_000_000_000,
      cpuSeconds: 3,
      heapUsed: 20_000_000,
      externalMemory: 1_000_000,
      loopActiveSeconds: 2,
      gcSeconds: 0.02,
    }),
    read: (record: (name: string, value: number) => void) => record('mem_used', reading.mem_used),
  } as unknown as NodeProbe
}
