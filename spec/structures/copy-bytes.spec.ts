import fc from 'fast-check'
import { copyBytes } from '../../src/structures/copy-bytes'

describe('a copied range', () => {
  it('is that range and nothing beside it, however long, and its end is told', () => {
    const length = fc.oneof(fc.nat(300), fc.nat(5000))
    fc.assert(
      fc.property(fc.nat(50), length, fc.nat(50), (start, size, at) => {
        const source = Buffer.from(Array.from({ length: start + size + 10 }, (_, i) => i * 7))
        const target = Buffer.alloc(at + size + 10, 0xee)
        expect(copyBytes(source, start, start + size, target, at)).toBe(at + size)
        const expected = Buffer.alloc(target.length, 0xee)
        expected.set(source.subarray(start, start + size), at)
        expect(target.equals(expected)).toBe(true)
      }),
    )
  })

  it('is whole at every length up to a few hundred, where the way of copying changes', () => {
    const source = Buffer.from(Array.from({ length: 512 }, (_, i) => i * 7))
    const wrong = Array.from({ length: 513 }, (_, length) => length).filter(length => {
      const target = Buffer.alloc(length)
      return copyBytes(source, 0, length, target, 0) !== length || !target.equals(source.subarray(0, length))
    })
    expect(wrong).toEqual([])
  })
})
