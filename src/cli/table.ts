/**
 * Rows for people: aligned columns without lines between them, numbers to the right. Printed in batches, so that a
 * million rows are neither held nor waited for; later batches keep the widths of the ones before. On a terminal the
 * widest columns give way until a row fits; in a pipe nothing is cut.
 */
import Table from 'cli-table3'
import { printable } from '../structures/printable'
import { isObject, type Json } from './json'
import { write } from './run'

const BATCH_ROWS = 1000
/** cli-table3 takes time by the square of its rows: 10,000 of them in tables of 1000 took 4.9 s, of 50 1.9 s. */
const DRAWN_ROWS = 50
const GAP = 2
const NARROWEST = 8

export interface TableLook {
  /** Columns there is room for; undefined: without end. */
  readonly width: number | undefined
  readonly bold: boolean
}

export function lookOf(stream: NodeJS.WriteStream, environment = process.env): TableLook {
  const colours = (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb'
  return { width: stream.isTTY ? stream.columns : undefined, bold: stream.isTTY === true && colours }
}

export class TablePrinter {
  private rows: Json[][] = []
  private widths: number[] = []
  private numeric: boolean[] = []
  private headed = false

  constructor(
    private readonly titles: readonly string[],
    private readonly look: TableLook,
    private readonly print: (text: string) => Promise<void> = write,
  ) {}

  async add(row: Json[]): Promise<void> {
    this.rows.push(row)
    if (this.rows.length >= BATCH_ROWS) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.rows.length === 0 && this.headed) return
    const cells = this.rows.map(row => row.map(cellText))
    if (!this.headed) this.numeric = this.titles.map((_, at) => this.isNumeric(at))
    this.widen(cells)
    const rows = this.headed ? cells : [this.titles.map(title => this.emphasised(title)), ...cells]
    this.headed = true
    this.rows = []
    for (let at = 0; at < rows.length; at += DRAWN_ROWS)
      await this.print(this.drawn(rows.slice(at, at + DRAWN_ROWS)))
  }

  private widen(cells: readonly string[][]): void {
    const natural = this.titles.map((title, at) =>
      cells.reduce((widest, row) => Math.max(widest, displayWidth(row[at] ?? '')), displayWidth(title)),
    )
    const wide = natural.map((width, at) => Math.max(width, this.widths[at] ?? 0))
    this.widths = fitted(wide, this.numeric, this.look.width)
  }

  private drawn(rows: readonly string[][]): string {
    const table = new Table({
      chars: { ...noLines, middle: ' '.repeat(GAP) },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
      colWidths: this.widths,
      colAligns: this.numeric.map(is => (is ? 'right' : 'left')),
    })
    table.push(...rows.map(row => row.slice()))
    const lines = table.toString().split('\n')
    return `${lines.map(line => line.trimEnd()).join('\n')}\n`
  }

  private isNumeric(column: number): boolean {
    const values = this.rows.map(row => row[column]).filter(value => value !== null && value !== '')
    return values.length > 0 && values.every(value => typeof value === 'number')
  }

  private emphasised(title: string): string {
    return this.look.bold ? `\u001b[1m${title}\u001b[22m` : title
  }
}

/** What a person reads in a cell: no braces for nothing, rates with one digit. */
export function cellText(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'boolean') return value ? 'yes' : ''
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(1)
  if (typeof value === 'string') return printable(value)
  if (Array.isArray(value) && value.every(item => typeof item === 'string'))
    return printable(value.join(', '))
  if (isObject(value) && Object.keys(value).length === 0) return ''
  return printable(JSON.stringify(value))
}

/** The widest text columns are narrowed first, numbers never. */
function fitted(widths: readonly number[], numeric: readonly boolean[], room: number | undefined): number[] {
  const fit = [...widths]
  if (room === undefined) return fit
  let over = fit.reduce((sum, width) => sum + width, 0) + GAP * (fit.length - 1) - room
  while (over > 0) {
    const candidates = fit.map((width, at) => (numeric[at] === true || width <= NARROWEST ? 0 : width))
    const widest = Math.max(...candidates)
    if (widest === 0) break // too many columns for the terminal: it wraps them
    fit[candidates.indexOf(widest)] = widest - 1
    over--
  }
  return fit
}

/** Letters of East Asia take two places; a close guess is enough, for cli-table3 measures itself when it cuts. */
function displayWidth(text: string): number {
  let width = 0
  for (const sign of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Extended_Pictographic}/u.test(
        sign,
      )
        ? 2
        : 1
  return width
}

const noLines = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map(part => [part, '']),
)
