/**
 * A list of the server, a page at a time: which page, how sorted and filtered is kept in the address and asked of the
 * server, so that ten thousand queues cost the browser no more than a hundred.
 */
import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { query } from './client'
import { useLive } from './hooks'
import { type PageWish, pageOf } from './paging'
import type { Page } from './types'

export interface ListState extends PageWish {
  readonly sort: string
  readonly isReversed: boolean
}

export interface List<T> {
  readonly state: ListState
  readonly set: (changes: Partial<ListState>) => void
  readonly data: Page<T> | undefined
  readonly error: Error | null
  readonly isLoading: boolean
  readonly retry: () => void
}

export interface ListOptions<T> {
  readonly sort?: string
  readonly isReversed?: boolean
  /** Where the server gives the list as a whole (RabbitMQ does of users, consumers, policies): what the filter looks in. */
  readonly wordsOf?: (row: T) => string
}

export const pageSizes = [25, 50, 100, 250, 500] as const
const defaultPageSize = 50

/** `path` is the plain list: `/queues` or `/queues/%2F`. */
export function useList<T>(path: string, options: ListOptions<T> = {}): List<T> {
  const [state, set] = useListState(options)
  const { wordsOf } = options
  const asked = query(path, {
    page: state.page,
    page_size: state.pageSize,
    name: state.name,
    use_regex: state.isRegex && state.name !== '' ? true : undefined,
    sort: state.sort,
    sort_reverse: state.sort === '' ? undefined : state.isReversed,
  })
  const { data, error, isLoading, refetch } = useLive<Page<T> | readonly T[]>(asked)
  const page = useMemo(() => (isWhole(data) ? pageOf(data, state, wordsOf) : data), [data, state, wordsOf])
  return { state, set, data: page, error, isLoading, retry: () => void refetch() }
}

function isWhole<T>(data: Page<T> | readonly T[] | undefined): data is readonly T[] {
  return Array.isArray(data)
}

function useListState(
  defaults: Pick<ListOptions<never>, 'sort' | 'isReversed'>,
): [ListState, (changes: Partial<ListState>) => void] {
  const [search, setSearch] = useSearchParams()
  const read = (from: URLSearchParams): ListState => ({
    page: Math.max(1, Number(from.get('page')) || 1),
    pageSize: Math.min(500, Math.max(1, Number(from.get('page_size')) || defaultPageSize)),
    name: from.get('name') ?? '',
    isRegex: from.get('use_regex') === 'true',
    sort: from.get('sort') ?? defaults.sort ?? '',
    isReversed: from.has('sort') ? from.get('sort_reverse') === 'true' : (defaults.isReversed ?? false),
  })
  const set = useCallback(
    (changes: Partial<ListState>) => {
      setSearch(before => written(before, changes), { replace: true })
    },
    [setSearch],
  )
  const key = search.toString()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address alone decides
  const state = useMemo(() => read(search), [key])
  return [state, set]
}

/** Everything but turning the page leads back to the first one. */
function written(before: URLSearchParams, changes: Partial<ListState>): URLSearchParams {
  const next = new URLSearchParams(before)
  const put = (name: string, value: string, isDefault: boolean) => {
    if (isDefault) next.delete(name)
    else next.set(name, value)
  }
  const { page = 1, pageSize, name, isRegex, sort, isReversed } = changes
  put('page', String(page), page === 1)
  if (pageSize !== undefined) put('page_size', String(pageSize), pageSize === defaultPageSize)
  if (name !== undefined) put('name', name, name === '')
  if (isRegex !== undefined) put('use_regex', 'true', !isRegex)
  if (sort !== undefined) put('sort', sort, sort === '')
  if (isReversed !== undefined) put('sort_reverse', 'true', !isReversed)
  return next
}
