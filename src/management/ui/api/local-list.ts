/** A list that the server gives as a whole: filtered and cut into pages here, as if it had done so. */
import { useMemo } from 'react'
import { useLive } from './hooks'
import { type List, type ListState, useListState } from './list'
import type { Page } from './types'

/** `wordsOf` is what the filter looks in. */
export function useLocalList<T>(path: string, wordsOf: (row: T) => string): List<T> {
  const [state, set] = useListState({})
  const { data, error, isLoading, refetch } = useLive<readonly T[]>(path)
  const page = useMemo(
    () => (data === undefined ? undefined : pageOf(data, state, wordsOf)),
    [data, state, wordsOf],
  )
  return { state, set, data: page, error, isLoading, retry: () => void refetch() }
}

function pageOf<T>(rows: readonly T[], state: ListState, wordsOf: (row: T) => string): Page<T> {
  const matches = matcherOf(state)
  const found = state.name === '' ? rows : rows.filter(row => matches(wordsOf(row)))
  const pageCount = Math.max(1, Math.ceil(found.length / state.pageSize))
  const page = Math.min(state.page, pageCount)
  const items = found.slice((page - 1) * state.pageSize, page * state.pageSize)
  return {
    items,
    page,
    page_count: pageCount,
    page_size: state.pageSize,
    total_count: rows.length,
    filtered_count: found.length,
    item_count: items.length,
  }
}

/** An expression that is not complete yet matches nothing. */
function matcherOf({ name, isRegex }: ListState): (words: string) => boolean {
  if (!isRegex) return words => words.toLowerCase().includes(name.toLowerCase())
  try {
    const expression = new RegExp(name)
    return words => expression.test(words)
  } catch {
    return () => false
  }
}
