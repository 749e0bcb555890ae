/** What is said of a simulation that failed: its seed, what was wrong, and the few steps that suffice. */
import type { Plan } from './plan/plan'
import type { Outcome } from './run'

const SHOWN = 3

export function describeFailure(plan: Plan, outcome: Outcome, shrunk: Plan, shrunkOutcome: Outcome): string {
  const named = JSON.stringify(shrunk.steps)
  const used = [...plan.queues, ...plan.exchanges].filter(declared =>
    named.includes(`"${'queue' in declared ? declared.queue : declared.exchange}"`),
  )
  return [
    `seed ${plan.seed} after ${outcome.steps} steps:`,
    ...outcome.violations.slice(0, SHOWN).map(violation => `  ${violation}`),
    `${shrunk.steps.length} steps suffice:`,
    ...shrunkOutcome.violations.slice(0, SHOWN).map(violation => `  ${violation}`),
    ...shrunk.steps.map(step => `    ${JSON.stringify(step)}`),
    ...used.map(declared => `    ${JSON.stringify(declared)}`),
    `again with: npm run simulate -- --seed ${plan.seed}`,
  ].join('\n')
}
