/** Messages as the API gives them, on their way to a person or to a pipe. */

import { printable, printableLines } from '../structures/printable'
import { fieldOf, isObject, type JsonObject, numberField, textField } from './json'
import { counted } from './quantities'

/** The body's bytes, whatever the API had to spell them in. */
export function bodyOf(message: JsonObject): Buffer {
  return Buffer.from(
    textField(message, 'payload'),
    message['payload_encoding'] === 'base64' ? 'base64' : 'utf8',
  )
}

/** A heading, its properties, and the body; bytes that are no text as hexadecimal digits. */
export function messageText(message: JsonObject): string {
  const position = fieldOf(message, 'position')
  const heading = [
    ...(typeof position === 'number' ? [`#${position}`] : []),
    `exchange ${word(textField(message, 'exchange') || '(default)')}`,
    `key ${word(textField(message, 'routing_key'))}`,
    counted(numberField(message, 'payload_bytes'), 'byte'),
    ...(message['redelivered'] === true ? ['redelivered'] : []),
    ...(message['state'] === 'unacked' ? [`unacked by ${word(textField(message, 'consumer_tag'))}`] : []),
  ].join(', ')
  return [heading, ...propertyLines(message), ...bodyLines(message)].join('\n')
}

function propertyLines(message: JsonObject): string[] {
  const properties = message['properties']
  if (!isObject(properties)) return [] // RabbitMQ: an empty list when there are none
  return Object.entries(properties).flatMap(([name, value]) =>
    name === 'headers' && isObject(value)
      ? Object.entries(value).map(([header, inner]) => `  ${printable(header)}: ${shown(inner)}`)
      : [`  ${printable(name)} = ${shown(value)}`],
  )
}

function bodyLines(message: JsonObject): string[] {
  if (message['payload_encoding'] === 'base64') return [`  (no text) ${bodyOf(message).toString('hex')}`]
  const text = textField(message, 'payload')
  return text === '' ? [] : [printableLines(text)]
}

function shown(value: unknown): string {
  return typeof value === 'string' ? printable(value) : printable(JSON.stringify(value))
}

function word(text: string): string {
  return text === '' || /[\s"]/.test(text) ? printable(JSON.stringify(text)) : printable(text)
}
