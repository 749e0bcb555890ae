/** What a test may ask of strict mode. */
import { OptionError } from '../../config/load'
import { type StrictRuleName, strictRules } from './rules'
import type { Violation } from './violation'

/** Which rules, and who is told at once. */
export type StrictOptions = { readonly [Rule in StrictRuleName]?: boolean } & {
  /**
   * Called for each violation as it happens. What it throws is an uncaught exception, when the broker has done its work:
   * by that test runners fail. The violation is noted nevertheless.
   */
  readonly onViolation?: (violation: Violation) => void
}

/** @throws OptionError for a rule that there is not */
export function rulesIn(strict: boolean | StrictOptions): ReadonlySet<StrictRuleName> {
  if (strict === false) return new Set()
  const { onViolation: _, ...wished } = strict === true ? {} : strict
  for (const rule of Object.keys(wished)) {
    if (!Object.hasOwn(strictRules, rule))
      throw new OptionError(
        `strict mode has no rule ${JSON.stringify(rule)}: ${Object.keys(strictRules).join(', ')}`,
        'strict',
      )
  }
  const names = Object.keys(strictRules) as StrictRuleName[]
  return new Set(names.filter(name => wished[name] ?? strictRules[name].byDefault))
}
