/** A page of a list that is there as a whole: filtered, sorted and cut here as the server does where it has pages. */
import type { Page } from './types'

export interface PageWish {
  readonly page: number
  readonly pageSize: number
  readonly name: string
  readonly isRegex: boolean
}

/** The order is the one the rows came in: the server sorts even where it does not page. */
export function pageOf<T>(rows: readonly T[], wish: PageWish, wordsOf: (row: T) => string = nameOf): Page<T> {
  const matches = matcherOf(wish)
  const found = wish.name === '' ? rows : rows.filter(row => matches(wordsOf(row)))
  const pageCount = Math.max(1, Math.ceil(found.length / wish.pageSize))
  const page = Math.min(wish.page, pageCount)
  const items = found.slice((page - 1) * wish.pageSize, page * wish.pageSize)
  return {
    items,
    page,
    page_count: pageCount,
    page_size: wish.pageSize,
    total_count: rows.length,
    filtered_count: found.length,
    item_count: items.length,
  }
}

/** An expression that is not complete yet matches nothing. */
function matcherOf({ name, isRegex }: PageWish): (words: string) => boolean {
  if (!isRegex) return words => words.toLowerCase().includes(name.toLowerCase())
  try {
    const expression = new RegExp(name)
    return words => expression.test(words)
  } catch {
    return () => false
  }
}

function nameOf(row: unknown): string {
  return String((row as { name?: unknown }).name ?? '')
}
