/** Reading `message_stats` and its like: figures, rates and histories by name. */
import type { Details, Stats } from '../api/types'

export function figureOf(stats: Stats | undefined, name: string): number | undefined {
  const value = stats?.[name]
  return typeof value === 'number' ? value : undefined
}

export function rateOf(stats: Stats | undefined, name: string): number | undefined {
  return detailsOf(stats, name)?.rate
}

export function detailsOf(stats: Stats | undefined, name: string): Details | undefined {
  const details = stats?.[`${name}_details`]
  return typeof details === 'object' ? details : undefined
}
