/**
 * Looks for a text in messages: in the routing key, in the values of headers however deep, and in the body read as UTF-8.
 * Upper and lower case are the same. A body is searched as far as its first MiB, so that no message holds the others up.
 */
import type { FieldValue } from '../amqp/table'
import type { Message } from '../message'

const SEARCHED_BODY_BYTES = 1024 * 1024

export class Search {
  private readonly text: string

  constructor(text: string) {
    this.text = text.toLowerCase()
  }

  /** Its address must have been read. */
  matches(message: Message): boolean {
    return this.isIn(message.routingKey) || this.isInHeaders(message) || this.isInBody(message)
  }

  private isInHeaders(message: Message): boolean {
    for (const value of message.headers()?.values() ?? []) if (this.isInValue(value)) return true
    return false
  }

  private isInValue(field: FieldValue): boolean {
    switch (field.type) {
      case 'V':
        return false
      case 'S':
      case 'x':
        return this.isIn(field.value.toString())
      case 'A':
        return field.value.some(value => this.isInValue(value))
      case 'F':
        return [...field.value.values()].some(value => this.isInValue(value))
      case 'D':
        return this.isIn(String(field.value / 10 ** field.scale))
      default:
        return this.isIn(String(field.value))
    }
  }

  private isInBody({ bodyBytes, bodyStart, bodyEnd }: Message): boolean {
    return this.isIn(
      bodyBytes.toString('utf8', bodyStart, Math.min(bodyEnd, bodyStart + SEARCHED_BODY_BYTES)),
    )
  }

  private isIn(text: string): boolean {
    return text.toLowerCase().includes(this.text)
  }
}
