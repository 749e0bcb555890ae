/** Items of a list on their way out: chosen, sorted, and printed as a table or as the API's own JSON, while they arrive. */

import { jsonText } from '../structures/printable'
import type { ApiClient, Query } from './api-client'
import { CommandError } from './exit-codes'
import { fieldOf, type Json, type JsonObject } from './json'
import type { Column, Listing } from './listings'
import { write } from './run'
import { cellText, lookOf, TablePrinter } from './table'

export interface ListFlags {
  readonly json?: true
  readonly columns?: readonly string[]
  readonly sort?: string
  readonly reverse?: true
  readonly filter?: RegExp
}

/** Where items go: `end` is called once, also when there were none. */
export interface ItemSink {
  add(item: JsonObject): Promise<void>
  end(): Promise<void>
}

/** The API's array, an item per line: a script may read it as JSON, or line by line. */
export class JsonSink implements ItemSink {
  private count = 0

  constructor(private readonly fields: readonly string[] | undefined) {}

  async add(item: JsonObject): Promise<void> {
    await write(`${this.count++ === 0 ? '[\n' : ',\n'}${jsonText(this.chosen(item))}`)
  }

  async end(): Promise<void> {
    await write(this.count === 0 ? '[]\n' : '\n]\n')
  }

  private chosen(item: JsonObject): JsonObject {
    if (this.fields === undefined) return item
    return Object.fromEntries(this.fields.map(field => [field, fieldOf(item, field) ?? null]))
  }
}

export class TableSink implements ItemSink {
  private readonly printer: TablePrinter
  private count = 0

  constructor(
    private readonly columns: readonly Column[],
    private readonly headed: boolean,
  ) {
    this.printer = new TablePrinter(
      columns.map(column => column.title),
      lookOf(process.stdout),
    )
  }

  async add(item: JsonObject): Promise<void> {
    this.count++
    await this.printer.add(this.columns.map(column => shownIn(column, item)))
  }

  async end(): Promise<void> {
    if (this.count > 0 || this.headed) await this.printer.flush()
  }
}

/** All items of `listing`, in the order asked for, to `sink`. The API sorts and filters what it gives in pages. */
export async function listItems(
  api: ApiClient,
  listing: Listing,
  vhost: string | undefined,
  flags: ListFlags,
  sink: ItemSink,
): Promise<void> {
  const query = queryOf(listing, flags)
  const chosen = (item: JsonObject): boolean =>
    (vhost === undefined || listing.ofVhost === undefined || listing.ofVhost(item, vhost)) &&
    (flags.filter === undefined || matches(item, listing, flags.filter))
  for (const path of listing.paths(vhost)) {
    for await (const page of api.pages(path, query)) {
      const items = page.filter(chosen)
      for (const item of items) await sink.add(item)
    }
  }
  await sink.end()
}

/**
 * RabbitMQ takes `name` as a regular expression where a list has pages, and ignores it elsewhere. Only fields that are
 * looked at are asked for: a queue has eighty.
 */
function queryOf(listing: Listing, flags: ListFlags): Query {
  const { sort, reverse, filter } = flags
  return {
    sort,
    sort_reverse: sort !== undefined && reverse === true ? true : undefined,
    name: filter?.source,
    use_regex: filter === undefined ? undefined : true,
    columns:
      flags.json === true && flags.columns === undefined ? undefined : fieldsOf(listing, flags).join(','),
  }
}

/** Those that are shown, and those that are chosen by. */
function fieldsOf(listing: Listing, flags: ListFlags): readonly string[] {
  const shown = columnsFor(listing, flags.columns).map(column => column.field)
  const chosenBy = flags.filter === undefined ? [] : listing.columns.map(column => column.field)
  return [...new Set([...shown, ...chosenBy, 'name', 'vhost'])]
}

/** By name as the API does it, and what has no name by any of its columns. */
function matches(item: JsonObject, listing: Listing, filter: RegExp): boolean {
  const name = item['name']
  if (typeof name === 'string') return filter.test(name)
  return listing.columns.some(column => filter.test(cellText(fieldOf(item, column.field))))
}

export function columnsFor(listing: Listing, chosen: readonly string[] | undefined): readonly Column[] {
  if (chosen === undefined) return listing.columns
  return chosen.map(name => {
    const known = listing.columns.find(column => column.field === name || column.title === name)
    return { field: name, ...known, title: name }
  })
}

export function refuseVhost(listing: Listing, name: string, vhost: string | undefined): void {
  if (listing.global === true && vhost !== undefined) {
    throw new CommandError(`${name} belong to no virtual host: leave out --vhost`, 'usage')
  }
}

function shownIn(column: Column, item: JsonObject): Json {
  const value = fieldOf(item, column.field)
  return column.shown === undefined ? (value ?? null) : column.shown(value, item)
}
