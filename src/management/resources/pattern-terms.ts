/** The patterns of permissions as they come in a body: texts. What they mean is checked where they are set. */
import { badRequest } from '../problems'
import type { Terms } from '../terms'

/** @throws Problem 400 */
export function patternTerm(terms: Terms, name: string): string {
  const value = terms[name]
  if (typeof value !== 'string') throw badRequest(`${name} is a text`)
  return value
}
