/**
 * Asks whether a pattern occurs in a name, in time that grows with their lengths and with nothing else. A RegExp tries one
 * way after the other, so that `(a+)+$` takes longer than the universe on a name a peer chose; this one goes all ways at
 * once (Thompson). It only says yes or no, so greedy, lazy and captures are all alike; what needs memory of the way, which
 * is back references, is refused, as is looking behind.
 *
 *   program   one instruction after the other; a fork goes on in two places; a look has a program of its own
 */
import { characterTest } from './character-test'
import { InvalidPattern, toJavaScript } from './pattern'

/** RabbitMQ's bound for the length of a pattern, and ours for what its repetitions make of it. */
const PATTERN_LENGTH_MAX = 1024
const INSTRUCTIONS_MAX = 4096
/** It is asked of ten thousand names. */
const FILTER_INSTRUCTIONS_MAX = 512
const NAME_PATTERN_LENGTH_MAX = 4096
/** Of all looks together: each of them may be looked through once for every place of a name. */
const LOOKED_AT_MAX = 256
const DEPTH_MAX = 50

type Instruction =
  | { readonly kind: 'character'; readonly test: (code: number) => boolean }
  | { readonly kind: 'fork'; to: number; or: number }
  | { readonly kind: 'start' | 'end' | 'boundary' | 'no-boundary' }
  | { readonly kind: 'look'; readonly ahead: Program; readonly isNegative: boolean }
  | { readonly kind: 'found' }

type Program = Instruction[]
type Condition = Exclude<Instruction, { kind: 'character' | 'fork' | 'found' }>

export class LinearPattern {
  private readonly program: Program

  /** @throws InvalidPattern */
  constructor(
    readonly pattern: string,
    lengthMax = PATTERN_LENGTH_MAX,
    instructionsMax = INSTRUCTIONS_MAX,
  ) {
    if (pattern.length > lengthMax) throw new InvalidPattern(pattern, `it must not exceed ${lengthMax} bytes`)
    const { source, ignoreCase } = toJavaScript(pattern)
    this.program = new Compiler(pattern, source, ignoreCase ? 'i' : '', instructionsMax).compile()
  }

  test(name: string): boolean {
    return new Search(name).isFound(this.program, 0, true)
  }
}

/** What permissions are made of. Longer than a policy's: it may list many names. @throws InvalidPattern */
export function namePattern(pattern: string): LinearPattern {
  // RabbitMQ: the empty pattern stands for '^$', which grants nothing but the empty name.
  return new LinearPattern(pattern === '' ? '^$' : pattern, NAME_PATTERN_LENGTH_MAX)
}

/** What lists of thousands are looked through with, by whoever asks for them. @throws InvalidPattern */
export function filterPattern(pattern: string): LinearPattern {
  return new LinearPattern(pattern, PATTERN_LENGTH_MAX, FILTER_INSTRUCTIONS_MAX)
}

/** One name, and what looks found in it. */
class Search {
  private readonly looked = new Map<Program, (boolean | undefined)[]>()

  constructor(private readonly name: string) {}

  /** `anywhere`: also from every later place of the name. */
  isFound(program: Program, from: number, anywhere: boolean): boolean {
    const { name } = this
    let here = new Places(program.length)
    let next = new Places(program.length)
    for (let at = from; at <= name.length; at++) {
      if (at === from || anywhere) here.add(0)
      if (here.size === 0) return false
      // Places are added while they are walked: what a fork leads to is looked at in its turn.
      for (let walked = 0; walked < here.size; walked++) {
        const place = here.at(walked)
        const instruction = program[place] as Instruction
        if (instruction.kind === 'found') return true
        if (instruction.kind === 'character') {
          if (at < name.length && instruction.test(name.charCodeAt(at))) next.add(place + 1)
        } else if (instruction.kind === 'fork') {
          here.add(instruction.to)
          here.add(instruction.or)
        } else if (this.holds(instruction, at)) here.add(place + 1)
      }
      const walked = here
      here = next
      next = walked
      next.clear()
    }
    return false
  }

  private holds(instruction: Condition, at: number): boolean {
    const { name } = this
    switch (instruction.kind) {
      case 'start':
        return at === 0
      case 'end':
        return at === name.length
      case 'look':
        return this.lookAhead(instruction.ahead, at) !== instruction.isNegative
      default:
        return (isWord(name, at - 1) !== isWord(name, at)) === (instruction.kind === 'boundary')
    }
  }

  private lookAhead(program: Program, at: number): boolean {
    let places = this.looked.get(program)
    if (places === undefined) {
      places = []
      this.looked.set(program, places)
    }
    places[at] ??= this.isFound(program, at, false)
    return places[at]
  }
}

function isWord(name: string, at: number): boolean {
  return at >= 0 && at < name.length && /\w/.test(name.charAt(at))
}

/** A set of places in a program, in the order they came: each at most once, so a walk over them ends. */
class Places {
  size = 0
  private readonly order: Uint16Array
  private readonly has: Uint8Array

  constructor(places: number) {
    this.order = new Uint16Array(places)
    this.has = new Uint8Array(places)
  }

  at(index: number): number {
    return this.order[index] as number
  }

  add(place: number): void {
    if (this.has[place] === 1) return
    this.has[place] = 1
    this.order[this.size++] = place
  }

  clear(): void {
    this.size = 0
    this.has.fill(0)
  }
}

/** One atom at the place in the pattern where it stands: a class, an escape, or a character. */
const ATOM =
  /\[(?:[^\]\\]|\\[\s\S])*\]|\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|0[0-7]{0,2}|[\s\S])|\(\?<?[=!]|\(\?:|\(\?<\w+>|[\s\S]/y
const TIMES = /[*+?]\??|\{(\d+)(,(\d*))?\}\??/y

class Compiler {
  private at = 0
  private depth = 0
  private lookedAt = 0

  constructor(
    private readonly pattern: string,
    private readonly source: string,
    private readonly flags: string,
    private readonly instructionsMax: number,
  ) {}

  compile(): Program {
    return [...this.alternatives(), { kind: 'found' }]
  }

  private alternatives(): Program {
    let program = this.sequence()
    while (this.source.charAt(this.at) === '|') {
      this.at++
      const other = this.sequence()
      // fork 1, after the first; first; jump over the other; other
      const first = shifted(program, 1)
      const over = first.length + 2
      const behind = over + other.length
      program = this.counted([
        { kind: 'fork', to: 1, or: over },
        ...first,
        { kind: 'fork', to: behind, or: behind },
        ...shifted(other, over),
      ])
    }
    return program
  }

  private sequence(): Program {
    const program: Program = []
    while (this.at < this.source.length && !'|)'.includes(this.source.charAt(this.at))) {
      const piece = this.repeated(this.atom())
      for (const instruction of shifted(piece, program.length)) program.push(instruction)
      this.counted(program)
    }
    return program
  }

  private atom(): Program {
    ATOM.lastIndex = this.at
    const atom = ATOM.exec(this.source)?.[0] ?? ''
    this.at += atom.length
    if (atom.startsWith('(')) return this.group(atom)
    if (atom === '^') return [{ kind: 'start' }]
    if (atom === '$') return [{ kind: 'end' }]
    if (atom === '\\b') return [{ kind: 'boundary' }]
    if (atom === '\\B') return [{ kind: 'no-boundary' }]
    if (/^\\[1-9]/.test(atom)) throw this.invalid('back references are not supported')
    return [{ kind: 'character', test: characterTest(atom, this.flags) }]
  }

  private group(opening: string): Program {
    if (opening === '(?<=' || opening === '(?<!') throw this.invalid('looking behind is not supported')
    if (opening === '(' && this.source.charAt(this.at) === '?')
      throw this.invalid(`(?${this.source.charAt(this.at + 1)} is not supported`)
    if (++this.depth > DEPTH_MAX) throw this.invalid('groups are nested too deeply')
    const program = this.alternatives()
    this.depth--
    this.at++ // the closing parenthesis: V8 found that there is one
    if (opening !== '(?=' && opening !== '(?!') return program
    this.lookedAt += program.length
    if (this.lookedAt > LOOKED_AT_MAX) throw this.invalid('it looks ahead too far')
    return [{ kind: 'look', ahead: [...program, { kind: 'found' }], isNegative: opening === '(?!' }]
  }

  private repeated(piece: Program): Program {
    TIMES.lastIndex = this.at
    const found = TIMES.exec(this.source)
    if (found === null) return piece
    this.at += found[0].length
    const [times, least, comma, most] = found
    if (times.startsWith('*')) return this.times(piece, 0, Number.POSITIVE_INFINITY)
    if (times.startsWith('+')) return this.times(piece, 1, Number.POSITIVE_INFINITY)
    if (times.startsWith('?')) return this.times(piece, 0, 1)
    const from = Number(least)
    return this.times(
      piece,
      from,
      comma === undefined ? from : most ? Number(most) : Number.POSITIVE_INFINITY,
    )
  }

  private times(piece: Program, least: number, most: number): Program {
    if (piece.length === 0) return piece
    const program: Program = []
    const add = (part: Program): void => {
      for (const instruction of shifted(part, program.length)) program.push(instruction)
      this.counted(program)
    }
    for (let count = 0; count < least; count++) add(piece)
    const { length } = piece
    if (most === Number.POSITIVE_INFINITY) {
      // fork in, out; piece; back to the fork
      const loop: Program = [{ kind: 'fork', to: 1, or: length + 2 }, ...shifted(piece, 1)]
      add([...loop, { kind: 'fork', to: 0, or: 0 }])
    } else {
      for (let count = least; count < most; count++)
        add([{ kind: 'fork', to: 1, or: length + 1 }, ...shifted(piece, 1)])
    }
    return program
  }

  private counted(program: Program): Program {
    if (program.length > this.instructionsMax) throw this.invalid('it is too large')
    return program
  }

  private invalid(reason: string): InvalidPattern {
    return new InvalidPattern(this.pattern, reason)
  }
}

/** The same program, to stand `by` places further behind. */
function shifted(program: Program, by: number): Program {
  return program.map(instruction =>
    instruction.kind === 'fork'
      ? { kind: 'fork', to: instruction.to + by, or: instruction.or + by }
      : instruction,
  )
}
