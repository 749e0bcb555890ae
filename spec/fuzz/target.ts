/**
 * What can be fuzzed: a surface that strangers reach. A target opens a world, feeds it inputs, and says after each whether
 * the world still stands: nothing thrown that nobody caught, nothing logged as a defect, no counter below nothing, everybody
 * else served, all given back that the input's sender held.
 */
import type { Random } from '../crash/random'

/** Pieces in their order: frames, lines, header fields, edits of a file. What they are is the target's business. */
export type Input = readonly Buffer[]

export interface Target {
  readonly name: string
  /** Inputs that `npm test` feeds it. */
  readonly briefly: number
  /** Words of the surface's language, put into pieces by mutation. */
  readonly dictionary: readonly Buffer[]
  /** Inputs whose effect stays are told apart by a new world after so many. */
  readonly inputsPerWorld: number
  /** No input leaves anything behind: what was found is made small in one world instead of in many. */
  readonly forgets?: boolean
  /** Inputs that may be fed to make small what was found; default: many. */
  readonly triesToShrink?: number
  /** Mostly right, so that it gets somewhere. */
  generate(random: Random): Input
  open(): Promise<World>
}

export interface World {
  /** Throws when the world does not stand any more. */
  feed(input: Input): void | Promise<void>
  close(): void | Promise<void>
}

/** What somebody can read and put into a regression: latin1, one character a byte. */
export function shown(input: Input): string {
  return JSON.stringify(input.map(piece => piece.toString('latin1')))
}

export function inputOf(pieces: readonly string[]): Input {
  return pieces.map(piece => Buffer.from(piece, 'latin1'))
}
