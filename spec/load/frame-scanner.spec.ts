import fc from 'fast-check'
import { type FrameReceiver, FrameScanner } from '../../src/load/frame-scanner'

class Seen implements FrameReceiver {
  readonly frames: string[] = []
  reads = 0

  frame(bytes: Buffer, at: number, size: number): void {
    this.frames.push(bytes.toString('hex', at, at + size + 8))
  }

  readEnded(): void {
    this.reads++
  }
}

function frame(type: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(payload.length + 8)
  bytes[0] = type
  bytes.writeUInt32BE(payload.length, 3)
  bytes.set(payload, 7)
  bytes[bytes.length - 1] = 0xce
  return bytes
}

/** As a socket does it: every read into the same buffer. */
function pushInParts(scanner: FrameScanner, bytes: Buffer, cuts: readonly number[]): void {
  const buffer = Buffer.alloc(bytes.length)
  const ends = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b)
  let from = 0
  for (const end of ends) {
    buffer.fill(0xff)
    bytes.copy(buffer, 0, from, end)
    scanner.push(buffer, end - from)
    from = end
  }
}

describe('the frame scanner', () => {
  const some = [
    frame(1, Buffer.from('method')),
    frame(2, Buffer.alloc(0)),
    frame(3, Buffer.from('a body of a frame')),
  ]
  const bytes = Buffer.concat(some)
  const expected = some.map(each => each.toString('hex'))

  it('finds the frames of one read', () => {
    const seen = new Seen()
    new FrameScanner(seen).push(bytes, bytes.length)
    expect(seen.frames).toEqual(expected)
    expect(seen.reads).toBe(1)
  })

  it('finds the same frames at every single cut', () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const seen = new Seen()
      pushInParts(new FrameScanner(seen), bytes, [cut])
      expect(seen.frames).toEqual(expected)
    }
  })

  it('finds the same frames byte by byte', () => {
    const seen = new Seen()
    pushInParts(
      new FrameScanner(seen),
      bytes,
      Array.from(bytes, (_, index) => index),
    )
    expect(seen.frames).toEqual(expected)
  })

  it('finds the same frames however they are cut, also larger ones than it has room for', () => {
    const payload = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(new Uint8Array(100_000)))
    const run = fc.record({
      payloads: fc.array(payload, { maxLength: 6 }),
      cuts: fc.array(fc.nat({ max: 200_000 }), { maxLength: 8 }),
    })
    fc.assert(
      fc.property(run, ({ payloads, cuts }) => {
        const each = payloads.map(part => frame(3, part))
        const all = Buffer.concat(each)
        const seen = new Seen()
        pushInParts(
          new FrameScanner(seen),
          all,
          cuts.filter(cut => cut < all.length),
        )
        expect(seen.frames).toEqual(each.map(part => part.toString('hex')))
      }),
      { numRuns: 50 },
    )
  })

  it('lets another receiver take over between two frames of one read', () => {
    const seen = new Seen()
    const scanner = new FrameScanner({
      frame: () => (scanner.receiver = seen),
      readEnded: () => {},
    } as FrameReceiver)
    scanner.push(bytes, bytes.length)
    expect(seen.frames).toEqual(expected.slice(1))
  })

  it('refuses a frame that does not end where it should', () => {
    const broken = Buffer.from(bytes)
    broken[13] = 0
    expect(() => new FrameScanner(new Seen()).push(broken, broken.length)).toThrow('a frame does not end')
  })
})
