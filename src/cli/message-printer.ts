/** Messages to stdout, one after the other: for people, as bodies only, or as JSON. */

import { jsonText } from '../structures/printable'
import type { JsonObject } from './json'
import { bodyOf, messageText } from './message-text'
import { write } from './run'

export interface PrinterFlags {
  readonly raw?: true
  readonly json?: true
}

export class MessagePrinter {
  count = 0

  constructor(
    private readonly flags: PrinterFlags,
    /** An endless list is no array: it has an object per line. */
    private readonly json: 'array' | 'lines',
  ) {}

  async message(message: JsonObject): Promise<void> {
    const first = this.count++ === 0
    if (this.flags.json === true) await write(this.jsonText(message, first))
    else if (this.flags.raw === true) await write(bodyOf(message))
    else await write(`${first ? '' : '\n'}${messageText(message)}\n`)
  }

  async end(): Promise<void> {
    if (this.flags.json === true && this.json === 'array') await write(this.count === 0 ? '[]\n' : '\n]\n')
  }

  private jsonText(message: JsonObject, first: boolean): string {
    const text = jsonText(message)
    return this.json === 'lines' ? `${text}\n` : `${first ? '[\n' : ',\n'}${text}`
  }
}
