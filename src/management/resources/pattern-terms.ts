/** The patterns of permissions as they come in a body: texts. What they mean is checked where they are set. */

import type { Body } from '../bodies'
import { badRequest } from '../problems'

/** @throws Problem 400 */
export function patternTerm(terms: Body, name: string): string {
  const value = terms[name]
  if (typeof value !== 'string') throw badRequest(`${name} is a text`)
  return value
}
