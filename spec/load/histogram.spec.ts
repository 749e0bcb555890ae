import { HISTOGRAM_BYTES, Histogram, percentiles } from '../../src/load/histogram'

function histogramOf(...samples: number[]): ArrayBuffer {
  const memory = new ArrayBuffer(HISTOGRAM_BYTES)
  const histogram = new Histogram(memory)
  for (const sample of samples) histogram.add(sample)
  return memory
}

describe('the latency histogram', () => {
  it('has nothing to say without samples', () => {
    expect(percentiles([])).toBeUndefined()
    expect(percentiles([histogramOf()])).toBeUndefined()
  })

  it('is exact below 128 µs', () => {
    for (let value = 0; value < 128; value++) {
      expect(percentiles([histogramOf(value)])).toEqual({ p50: value, p99: value, p999: value, max: value })
    }
  })

  it('is at most 1.6 % off above', () => {
    for (let value = 128; value < 2 ** 32; value = Math.floor(value * 1.1)) {
      const found = percentiles([histogramOf(value, 2 ** 32)])
      expect(Math.abs((found?.p50 ?? 0) - value) / value).toBeLessThan(0.016)
    }
  })

  it('tells the percentiles of 1 to 1000', () => {
    const found = percentiles([histogramOf(...Array.from({ length: 1000 }, (_, index) => index + 1))])
    expect(found?.p50).toBeGreaterThan(492)
    expect(found?.p50).toBeLessThan(508)
    expect(found?.p99).toBeGreaterThan(974)
    expect(found?.p99).toBeLessThan(1000)
    expect(found?.max).toBe(1000)
  })

  it('adds up the histograms of several threads', () => {
    expect(percentiles([histogramOf(1, 1), histogramOf(7)])).toMatchObject({ p50: 1, p99: 7, max: 7 })
  })

  it('keeps to its ends: no negative time, none above an hour', () => {
    expect(percentiles([histogramOf(-3, -0.5)])).toMatchObject({ p50: 0, max: 0 })
    expect(percentiles([histogramOf(1e12)])).toMatchObject({ max: 0xffff_ffff })
  })
})
