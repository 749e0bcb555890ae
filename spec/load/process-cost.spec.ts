import { existsSync } from 'node:fs'
import { processCost } from '../../src/load/process-cost'

describe('the cost of a process', () => {
  const onLinux = existsSync('/proc/self/stat') ? it : it.skip // there is no /proc elsewhere

  onLinux('is its CPU time and its memory', () => {
    const cost = processCost(process.pid)
    const used = process.cpuUsage()
    expect(cost?.cpuSeconds).toBeCloseTo((used.user + used.system) / 1e6, 0)
    expect(cost?.rssBytes).toBeGreaterThan(10 * 1048576)
  })

  it('is unknown when there is no such process', () => {
    expect(processCost(2 ** 30)).toBeUndefined()
  })
})
