/** What is meant by an amount of memory or disk, in bytes of a machine with 1000. */
import { bytesOf } from '../../src/config/amount'
import { resolveOptions } from '../../src/config/load'

describe('an amount', () => {
  it.each([
    ['2GB', 2_000_000_000],
    ['2g', 2_000_000_000],
    ['512MiB', 512 * 1024 ** 2],
    ['3Ki', 3072],
    ['1tb', 1e12],
    ['1500', 1500],
    [50_000_000, 50_000_000],
    ['0', 0],
    [0, 0],
  ])('%s is so many bytes', (given, bytes) => {
    expect(bytesOf(given, 1000)).toBe(bytes)
  })

  it.each([
    ['0.6', 600],
    [0.6, 600],
    ['60%', 600],
    ['1', 1000],
    [1, 1000],
    ['1.5', 1500],
    ['0.0', 0],
  ])('%s is a part of what there is', (given, bytes) => {
    expect(bytesOf(given, 1000)).toBe(bytes)
  })

  it('may be a number where numbers can be given', () => {
    const options = { vmMemoryHighWatermark: 0.4, diskFreeLimit: 0 }
    expect(resolveOptions(options)).toMatchObject(options)
  })

  it('off is none', () => {
    expect(bytesOf('off', 1000)).toBeUndefined()
  })
})
