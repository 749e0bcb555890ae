/** How RabbitMQ's API asks for the past: `lengths_age=60&lengths_incr=5` and its like, in seconds. */
import type { Range } from './history'

/** What is asked for of the past, by kind; undefined: only the present. */
export interface HistoryQuery {
  readonly lengths?: Range
  readonly msgRates?: Range
  readonly dataRates?: Range
  readonly nodeStats?: Range
}

/** A pair that is incomplete or no pair of positive numbers is not there, as in RabbitMQ. */
export function historyQuery(query: Readonly<Record<string, unknown>>): HistoryQuery {
  const range = (name: string): Range | undefined => {
    const age = seconds(query[`${name}_age`])
    const incr = seconds(query[`${name}_incr`])
    return age === undefined || incr === undefined ? undefined : { age, incr }
  }
  const lengths = range('lengths')
  const msgRates = range('msg_rates')
  const dataRates = range('data_rates')
  const nodeStats = range('node_stats')
  return {
    ...(lengths && { lengths }),
    ...(msgRates && { msgRates }),
    ...(dataRates && { dataRates }),
    ...(nodeStats && { nodeStats }),
  }
}

function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined
  return number !== undefined && number > 0 ? number : undefined
}
