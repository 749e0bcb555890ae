/**
 * What `leveret top` can show, and its state: which list, sorted how, filtered by what. Keys change the state; drawing is
 * a function of state and answers. Knows no terminal.
 */

import { printable } from '../structures/printable'
import type { Query } from './api-client'
import { fieldOf, type Json, type JsonObject, numberField, textField } from './json'
import { productOf } from './product'
import { bytesText } from './quantities'
import { cellText } from './table'

interface TopColumn {
  readonly title: string
  readonly field: string
  readonly width: number
  readonly bytes?: true
}

export const topViews = {
  queues: [
    { title: 'queue', field: 'name', width: 0 },
    { title: 'vhost', field: 'vhost', width: 10 },
    { title: 'ready', field: 'messages_ready', width: 9 },
    { title: 'unacked', field: 'messages_unacknowledged', width: 8 },
    { title: 'in/s', field: 'message_stats.publish_details.rate', width: 8 },
    { title: 'out/s', field: 'message_stats.deliver_get_details.rate', width: 8 },
    { title: 'ack/s', field: 'message_stats.ack_details.rate', width: 8 },
    { title: 'consumers', field: 'consumers', width: 9 },
    { title: 'total', field: 'messages', width: 9 },
  ],
  connections: [
    { title: 'connection', field: 'name', width: 0 },
    { title: 'vhost', field: 'vhost', width: 10 },
    { title: 'user', field: 'user', width: 12 },
    { title: 'state', field: 'state', width: 9 },
    { title: 'channels', field: 'channels', width: 8 },
    { title: 'in/s', field: 'recv_oct_details.rate', width: 10, bytes: true },
    { title: 'out/s', field: 'send_oct_details.rate', width: 10, bytes: true },
  ],
} as const satisfies Record<string, readonly TopColumn[]>

export type TopView = keyof typeof topViews

const NAME_WIDTH_MIN = 24

/** Both are made of words of the API, so that the sorting is the broker's. */
const sortable: Readonly<Record<TopView, readonly string[]>> = {
  queues: ['messages', 'in/s', 'out/s', 'ready', 'unacked', 'queue'],
  connections: ['in/s', 'out/s', 'channels', 'connection'],
}

export interface TopState {
  readonly view: TopView
  readonly vhost: string | undefined
  /** Which of the sortable columns. */
  readonly sort: number
  readonly filter: string
  /** Being typed after `/`; undefined: keys are commands. */
  readonly typed: string | undefined
  readonly ended: 'quit' | 'interrupted' | undefined
}

export function topState(view: TopView, vhost: string | undefined, filter = ''): TopState {
  return { view, vhost, sort: 0, filter, typed: undefined, ended: undefined }
}

/** `key`: as a terminal sends it. */
export function afterKey(state: TopState, key: string): TopState {
  if (key === '\u0003') return { ...state, ended: 'interrupted' }
  if (state.typed !== undefined) return afterTyping(state, state.typed, key)
  switch (key) {
    case 'q':
      return { ...state, ended: 'quit' }
    case 's':
      return { ...state, sort: (state.sort + 1) % sortable[state.view].length }
    case '\t':
      return { ...state, view: state.view === 'queues' ? 'connections' : 'queues', sort: 0, filter: '' }
    case '/':
      return { ...state, typed: '' }
    default:
      return state
  }
}

function afterTyping(state: TopState, typed: string, key: string): TopState {
  if (key === '\r' || key === '\n') return { ...state, filter: typed, typed: undefined }
  if (key === '\u001b') return { ...state, typed: undefined }
  if (key === '\u007f' || key === '\b') return { ...state, typed: typed.slice(0, -1) }
  return /^[^\p{Cc}]+$/u.test(key) ? { ...state, typed: typed + key } : state
}

/** The broker sorts and cuts: ten thousand queues cost one page. */
export function topQuery(state: TopState, rows: number) {
  const column = sortColumn(state)
  return {
    page: 1,
    page_size: Math.max(1, Math.min(rows, 500)),
    sort: column.field,
    sort_reverse: column.field === 'name' ? undefined : true,
    columns: topViews[state.view].map(({ field }) => field).join(','),
    ...(state.filter === '' ? {} : { name: state.filter, use_regex: false }),
  } satisfies Query
}

function sortColumn({ view, sort }: TopState): TopColumn {
  const columns: readonly TopColumn[] = topViews[view]
  const title = sortable[view][sort] ?? ''
  return columns.find(column => column.title === title || column.field === title) ?? columns[0]!
}

export function headLines(state: TopState, overview: JsonObject): string[] {
  const rate = (name: string): string =>
    numberField(overview, `message_stats.${name}_details.rate`).toFixed(0)
  const count = (name: string): number => numberField(overview, `object_totals.${name}`)
  const totals = (name: string): number => numberField(overview, `queue_totals.${name}`)
  return [
    `${productOf(overview)}  ${textField(overview, 'cluster_name')}`,
    `${count('queues')} queues  ${count('connections')} connections  ${count('channels')} channels  ${count('consumers')} consumers`,
    `ready ${totals('messages_ready')}  unacked ${totals('messages_unacknowledged')}  published ${rate('publish')}/s  delivered ${rate('deliver_get')}/s  acked ${rate('ack')}/s`,
    `sorted by ${sortColumn(state).title}${state.filter === '' ? '' : `, with "${state.filter}"`}`,
  ].map(printable)
}

export function footLine({ typed }: TopState): string {
  return typed === undefined ? 'q quit  s sort  / filter  Tab queues or connections' : `filter: ${typed}_`
}

/** Rows as wide as the terminal; the name takes what the others leave, and the last of them give way to it. */
export function rowLines(state: TopState, items: readonly JsonObject[], width: number): string[] {
  const columns: TopColumn[] = [...topViews[state.view]]
  while (columns.length > 1 && widthBeside(columns) > width - NAME_WIDTH_MIN) columns.pop()
  const nameWidth = Math.max(1, width - widthBeside(columns))
  const isNumber = columns.map(({ field }) => items.some(item => typeof fieldOf(item, field) === 'number'))
  const titles = columns.map(column => column.title)
  const rows = items.map(item => columns.map(column => cell(column, fieldOf(item, column.field))))
  return [titles, ...rows].map(cells =>
    cells.map((text, at) => fitted(text, columns[at]?.width || nameWidth, isNumber[at] === true)).join('  '),
  )
}

function widthBeside(columns: readonly TopColumn[]): number {
  return columns.slice(1).reduce((sum, column) => sum + column.width + 2, 0)
}

function cell(column: TopColumn, value: Json | undefined): string {
  if (column.bytes === true && typeof value === 'number') return bytesText(value)
  return cellText(value)
}

function fitted(text: string, width: number, right: boolean): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text
  return right ? cut.padStart(width) : cut.padEnd(width)
}
