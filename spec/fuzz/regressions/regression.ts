/** An input that once brought something down, kept as it was found, with a sentence on what it did. */
import { type Input, inputOf } from '../target'

export interface Regression {
  readonly target: string
  /** Behind "stands when". */
  readonly sentence: string
  /** One after the other, in a new world. */
  readonly story: readonly Input[]
}

/** Pieces are latin1, one character a byte. */
export function regression(target: string, sentence: string, ...story: (readonly string[])[]): Regression {
  return { target, sentence, story: story.map(inputOf) }
}
