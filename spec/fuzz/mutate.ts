/** Damage: bits flipped, numbers at their limits, pieces cut, doubled, swapped, spliced with those of another input. */
import type { Random } from '../crash/random'
import type { Input } from './target'

const PIECES_MAX = 200
const PIECE_BYTES_MAX = 200_000

export class Mutator {
  constructor(
    private readonly random: Random,
    private readonly dictionary: readonly Buffer[],
  ) {}

  /** One change, or some. `other`: what may be spliced in. */
  mutated(input: Input, other: Input): Input {
    let pieces = [...input]
    for (let changes = this.random.magnitude(1, 8); changes > 0; changes--) {
      pieces = this.random.chance(0.35) ? this.rearranged(pieces, other) : this.damaged(pieces)
    }
    return pieces.slice(0, PIECES_MAX)
  }

  private rearranged(pieces: Buffer[], other: Input): Buffer[] {
    const { random } = this
    const at = random.between(0, pieces.length)
    const to = random.between(at, pieces.length)
    switch (random.between(0, 5)) {
      case 0:
        return [...pieces.slice(0, at), ...pieces.slice(to)]
      case 1:
        return [...pieces.slice(0, to), ...pieces.slice(at)]
      case 2: {
        const from = random.between(0, other.length)
        return [
          ...pieces.slice(0, at),
          ...other.slice(from, random.between(from, other.length)),
          ...pieces.slice(at),
        ]
      }
      case 3:
        return [...pieces.slice(0, at), ...other.slice(random.between(0, other.length))]
      case 4: {
        const moved = pieces.slice(at, to)
        return [...moved, ...pieces.slice(0, at), ...pieces.slice(to)]
      }
      default: {
        const piece = pieces[at]
        if (piece === undefined) return pieces
        const cut = random.between(0, piece.length)
        return [...pieces.slice(0, at), piece.subarray(0, cut), piece.subarray(cut), ...pieces.slice(at + 1)]
      }
    }
  }

  private damaged(pieces: Buffer[]): Buffer[] {
    if (pieces.length === 0) return pieces
    const at = this.random.between(0, pieces.length - 1)
    const damaged = this.damagedPiece(Buffer.from(pieces[at] as Buffer))
    return [...pieces.slice(0, at), damaged.subarray(0, PIECE_BYTES_MAX), ...pieces.slice(at + 1)]
  }

  private damagedPiece(piece: Buffer): Buffer {
    const { random } = this
    const at = random.between(0, Math.max(0, piece.length - 1))
    switch (random.between(0, 8)) {
      case 0:
        if (piece.length > 0) piece[at] = piece[at]! ^ (1 << random.between(0, 7))
        return piece
      case 1:
        if (piece.length > 0) piece[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.between(0, 255)])
        return piece
      case 2:
        return overwritten(piece, at, extreme(random))
      case 3:
        return piece.subarray(0, at)
      case 4:
        return Buffer.concat([piece.subarray(0, at), piece.subarray(random.between(at, piece.length))])
      case 5:
        return spliced(piece, at, random.bytes(random.magnitude(1, 40)))
      case 6:
        return spliced(piece, at, this.word())
      case 7:
        return overwritten(piece, at, this.word())
      default:
        return spliced(piece, at, repeated(piece.subarray(at, at + random.magnitude(1, 20)), random))
    }
  }

  private word(): Buffer {
    return this.dictionary.length === 0 ? Buffer.of(0) : this.random.pick(this.dictionary)
  }
}

const EXTREMES = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
]

/** A number at a limit, in two, four or eight octets. */
function extreme(random: Random): Buffer {
  const value = random.pick(EXTREMES) + random.between(-1, 1)
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE(value < 0 ? 0xffffffff : value % 0x1_0000_0000, 4)
  if (random.chance(0.3)) bytes.fill(random.pick([0, 0xff, 0x7f, 0x80]), 0, 4)
  const little = random.chance(0.2) ? Buffer.from(bytes).reverse() : bytes
  return little.subarray(8 - random.pick([2, 4, 4, 8]))
}

function repeated(bytes: Buffer, random: Random): Buffer {
  return Buffer.concat(Array<Buffer>(random.magnitude(1, 2000)).fill(bytes))
}

function spliced(piece: Buffer, at: number, inserted: Buffer): Buffer {
  return Buffer.concat([piece.subarray(0, at), inserted, piece.subarray(at)])
}

function overwritten(piece: Buffer, at: number, bytes: Buffer): Buffer {
  return Buffer.concat([piece.subarray(0, at), bytes, piece.subarray(at + bytes.length)])
}
