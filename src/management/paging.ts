/**
 * RabbitMQ's conventions of lists: `page`, `page_size`, `name`, `use_regex`, `sort`, `sort_reverse` and `columns`. Without
 * `page` the whole list as an array. A page shows only what is on it: the others of ten thousand queues are not looked
 * at further than the order asks for.
 */
import { type Static, Type } from '@sinclair/typebox'
import { filterPattern, type LinearPattern } from '../auth/linear-pattern'
import { jsonOf, LONG_LIST_MIN, LongList } from './json'
import { badRequest, Problem } from './problems'
import { sortedInSlices } from './sorted-in-slices'

export const pagingQuery = Type.Object(
  {
    page: Type.Optional(
      Type.String({ description: 'Number of the page, from 1; without it the whole list.' }),
    ),
    page_size: Type.Optional(Type.String({ description: 'At most 500. Default 100.' })),
    name: Type.Optional(Type.String({ description: 'Only names that contain this, or match it.' })),
    use_regex: Type.Optional(Type.String({ description: '`true`: `name` is a regular expression.' })),
    sort: Type.Optional(Type.String({ description: 'A field, as in `message_stats.publish`.' })),
    sort_reverse: Type.Optional(Type.String({ description: '`true`: the largest first.' })),
    columns: Type.Optional(Type.String({ description: 'Only these fields, with commas between.' })),
    disable_stats: Type.Optional(Type.String({ description: '`true`: no statistics.' })),
    enable_queue_totals: Type.Optional(Type.String({ description: '`true`: message counts even so.' })),
  },
  { additionalProperties: true },
)

export type PagingQuery = Static<typeof pagingQuery>

const PAGE_SIZE = 100
const PAGE_SIZE_MAX = 500
/** After so many of them others have their turn. */
const KEYS_PER_SLICE = 2048
/** The same of names that a pattern is asked about: the worst takes a tenth of a millisecond for each. */
const MATCHES_PER_SLICE = 64

export interface Listing<Item> {
  /** In the order they have without `sort`. */
  readonly items: readonly Item[]
  name(item: Item): string
  view(item: Item): object
  /** A field of the view without making the view, where that is cheap; undefined: it must be made. */
  field?(item: Item, path: string): unknown
  /** Lets others have their turn, where the list may be long. */
  readonly pause?: () => Promise<void>
}

export interface Page {
  readonly filtered_count: number
  readonly item_count: number
  readonly items: readonly object[]
  readonly page: number
  readonly page_count: number
  readonly page_size: number
  readonly total_count: number
}

/** @throws Problem 400 for numbers that are none, and for a page that is not there */
export async function listed<Item>(
  listing: Listing<Item>,
  query: PagingQuery,
): Promise<Page | object[] | LongList> {
  const columns = columnsOf(query.columns)
  const view = (item: Item): object => chosen(listing.view(item), columns)
  if (query.page === undefined) {
    const items = await sorted(listing, listing.items, query)
    if (listing.pause === undefined || items.length < LONG_LIST_MIN) return items.map(view)
    return new LongList(items.length, index => view(items[index]!), listing.pause)
  }
  const { page, pageSize } = pageOf(query)
  const filtered = await sorted(listing, await named(listing, query), query)
  if ((page - 1) * pageSize > filtered.length) {
    const reason = `Page out of range, page: ${page} page size: ${pageSize}, len: ${filtered.length}`
    throw new Problem(400, 'page_out_of_range', reason)
  }
  const items = filtered.slice((page - 1) * pageSize, page * pageSize).map(view)
  return {
    filtered_count: filtered.length,
    item_count: items.length,
    items,
    page,
    page_count: Math.ceil(filtered.length / pageSize),
    page_size: pageSize,
    total_count: listing.items.length,
  }
}

function pageOf(query: PagingQuery): { page: number; pageSize: number } {
  const page = wholeNumber(query.page)
  const given = wholeNumber(query.page_size)
  const pageSize = given ?? PAGE_SIZE
  if (page === undefined || page < 1 || pageSize < 1 || pageSize > PAGE_SIZE_MAX) {
    const reason = `Invalid pagination parameters: page number ${page}, page size ${given}`
    throw new Problem(400, 'invalid_pagination_parameters', reason)
  }
  return { page, pageSize }
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[+-]?\d{1,9}$/.test(text)) throw badRequest('Pagination parameters are invalid')
  return Number(text)
}

async function named<Item>(listing: Listing<Item>, query: PagingQuery): Promise<readonly Item[]> {
  const { items, name } = listing
  if (query.name === undefined || query.name === '') return items
  if (query.use_regex !== 'true') {
    const part = query.name.toLowerCase()
    return items.filter(item => name(item).toLowerCase().includes(part))
  }
  const pattern = patternOf(query.name)
  const found: Item[] = []
  for (const [index, item] of items.entries()) {
    if (pattern.test(name(item))) found.push(item)
    if (index % MATCHES_PER_SLICE === MATCHES_PER_SLICE - 1) await listing.pause?.()
  }
  return found
}

function patternOf(text: string): LinearPattern {
  try {
    return filterPattern(`(?i)${text}`)
  } catch {
    throw badRequest('Pagination parameters are invalid')
  }
}

async function sorted<Item>(
  listing: Listing<Item>,
  items: readonly Item[],
  query: PagingQuery,
): Promise<readonly Item[]> {
  const path = query.sort
  const reversed = query.sort_reverse === 'true'
  if (path === undefined || path === '') return reversed ? [...items].reverse() : items
  const keyed: { item: Item; key: unknown }[] = []
  for (const item of items) {
    keyed.push({ item, key: keyOf(listing, item, path) })
    if (keyed.length % KEYS_PER_SLICE === 0) await listing.pause?.()
  }
  const inOrder = await sortedInSlices(keyed, (a, b) => compared(a.key, b.key), listing.pause ?? atOnce)
  if (reversed) inOrder.reverse()
  return inOrder.map(({ item }) => item)
}

async function atOnce(): Promise<void> {}

/** RabbitMQ: what is not there is 0. */
function keyOf<Item>(listing: Listing<Item>, item: Item, path: string): unknown {
  const cheap = listing.field?.(item, path)
  if (cheap !== undefined) return cheap
  const value = fieldAt(listing.view(item), path)
  return value === undefined ? 0 : value
}

/** Erlang's order, as far as JSON has it: numbers, then truth values and null, objects, lists, texts. */
function compared(a: unknown, b: unknown): number {
  const [rankOfA, rankOfB] = [rank(a), rank(b)]
  if (rankOfA !== rankOfB) return rankOfA - rankOfB
  if (typeof a === 'number') return a - (b as number)
  const [textOfA, textOfB] = [textOf(a), textOf(b)]
  return textOfA < textOfB ? -1 : textOfA > textOfB ? 1 : 0
}

/** Objects have no order that anybody knows of, and those of peers' keys cannot even become a text. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? jsonOf(value) : String(value)
}

function rank(value: unknown): number {
  if (typeof value === 'number') return 0
  if (typeof value === 'string') return 4
  if (Array.isArray(value)) return 3
  return typeof value === 'object' && value !== null ? 2 : 1
}

function fieldAt(view: object, path: string): unknown {
  let value: unknown = view
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** What is kept of an object, by key; `all`: everything. */
type Columns = Map<string, Columns> | 'all'

/** RabbitMQ: `columns=name,message_stats.publish_details.rate` keeps the fields where they are. */
function columnsOf(text: string | undefined): Columns {
  if (text === undefined) return 'all'
  const columns: Columns = new Map()
  for (const path of text.split(',')) addColumn(columns, path.split('.').filter(Boolean))
  return columns
}

function addColumn(columns: Map<string, Columns>, path: readonly string[]): void {
  let at = columns
  for (const [index, key] of path.entries()) {
    const held = at.get(key)
    if (held === 'all') return
    const isLast = index === path.length - 1
    const next: Columns = isLast ? 'all' : (held ?? new Map())
    at.set(key, next)
    if (next !== 'all') at = next
  }
}

function chosen(view: object, columns: Columns): object {
  if (columns === 'all') return view
  if (Array.isArray(view)) return view.map(item => chosenValue(item, columns))
  const kept: Record<string, unknown> = Object.create(null)
  for (const [key, below] of columns) {
    if (Object.hasOwn(view, key)) kept[key] = chosenValue((view as Record<string, unknown>)[key], below)
  }
  return kept
}

function chosenValue(value: unknown, columns: Columns): unknown {
  return typeof value === 'object' && value !== null ? chosen(value, columns) : value
}

/** Of a single object. */
export const columnsQuery = Type.Object(
  { columns: Type.Optional(Type.String({ description: 'Only these fields, with commas between.' })) },
  { additionalProperties: true },
)

export function withColumns(view: object, query: { readonly columns?: string | undefined }): object {
  return chosen(view, columnsOf(query.columns))
}
