/** What `leveret inspect` prints: tables for people, one line of JSON for programs. */
import type {
  InspectedBinding,
  InspectedExchange,
  InspectedLimits,
  InspectedMessage,
  InspectedParameter,
  InspectedPolicy,
  InspectedQueue,
  InspectedUser,
  InspectedVhost,
  Inspection,
} from '../embed/inspect'

export function jsonInspection(dataDir: string, inspection: Inspection): string {
  return JSON.stringify(jsonValue({ dataDir, ...inspection }))
}

export function jsonMessages(messages: readonly InspectedMessage[]): string {
  const shown = messages.map(({ bodyStart, ...message }) => {
    const text = textOf(bodyStart)
    return text === undefined
      ? { ...message, bodyStart: bodyStart.toString('base64'), bodyEncoding: 'base64' }
      : { ...message, bodyStart: text, bodyEncoding: 'utf8' }
  })
  return JSON.stringify(jsonValue(shown))
}

export function textInspection(dataDir: string, inspection: Inspection): string {
  const { schemaVersion, pages, files, exchanges, queues, bindings } = inspection
  const free = pages.count === 0 ? 0 : Math.round((pages.free / pages.count) * 100)
  return [
    `${dataDir}: schema ${schemaVersion}, ${number(pages.count)} pages of ${pages.bytes} bytes, ${free} % of them free`,
    ...table(Object.entries(files).map(([name, bytes]) => [name, size(bytes)])),
    '',
    ...section('exchange', exchanges, ['vhost', 'name', 'type', 'auto-delete', 'arguments'], exchangeRow),
    ...section('queue', queues, QUEUE_COLUMNS, queueRow),
    ...section('binding', bindings, ['vhost', 'source', 'destination', 'key', 'arguments'], bindingRow),
    ...settings(inspection),
  ]
    .join('\n')
    .trimEnd()
}

/** What administrators set: of what there is none there is no table. */
function settings(inspection: Inspection): string[] {
  const { policies, limits, vhosts, users, permissions, topicPermissions, parameters } = inspection
  const some = <T>(
    name: string,
    rows: readonly T[],
    columns: string[],
    row: (of: T) => string[],
  ): string[] => (rows.length === 0 ? [] : section(name, rows, columns, row))
  return [
    ...some('policy', policies, POLICY_COLUMNS, policyRow),
    ...some('limit set', limits, ['of', 'name', 'limits'], limitsRow),
    ...some('virtual host', vhosts, VHOST_COLUMNS, vhostRow),
    ...some('user', users, ['name', 'tags', 'password'], userRow),
    ...some('permission', permissions, ['vhost', 'user', 'configure', 'write', 'read'], row =>
      [row.vhost, row.user, row.configure, row.write, row.read].map(word),
    ),
    ...some('topic permission', topicPermissions, ['vhost', 'user', 'exchange', 'write', 'read'], row =>
      [row.vhost, row.user, row.exchange, row.write, row.read].map(word),
    ),
    ...some('parameter', parameters, ['vhost', 'component', 'name', 'value'], parameterRow),
  ]
}

export function textMessages(messages: readonly InspectedMessage[]): string {
  if (messages.length === 0) return 'no messages'
  return messages.map(messageText).join('\n')
}

const QUEUE_COLUMNS = ['vhost', 'name', 'messages', 'size', 'head', 'delivered', 'auto-delete', 'arguments']

const VHOST_COLUMNS = ['name', 'description', 'tags', 'default-queue-type', 'protected']

const POLICY_COLUMNS = ['vhost', 'kind', 'name', 'pattern', 'apply-to', 'priority', 'definition']

function exchangeRow({ vhost, name, type, internal, ...rest }: InspectedExchange): string[] {
  return [
    word(vhost),
    word(name),
    internal ? `${word(type)} (internal)` : word(type),
    yes(rest.autoDelete),
    args(rest.arguments),
  ]
}

function queueRow({ vhost, name, messages, bytes, head, delivered, ...rest }: InspectedQueue): string[] {
  const numbers = [number(messages), size(bytes), number(head), number(delivered)]
  return [word(vhost), word(name), ...numbers, yes(rest.autoDelete), args(rest.arguments)]
}

function bindingRow({ vhost, source, routingKey, ...rest }: InspectedBinding): string[] {
  const destination = `${rest.destinationKind} ${word(rest.destination)}`
  return [word(vhost), word(source), destination, word(routingKey), args(rest.arguments)]
}

function policyRow({ vhost, kind, name, pattern, applyTo, priority, definition }: InspectedPolicy): string[] {
  return [word(vhost), kind, word(name), word(pattern), applyTo, String(priority), args(definition)]
}

function limitsRow({ scope, name, limits }: InspectedLimits): string[] {
  return [scope, word(name), args(limits)]
}

function vhostRow({ name, description, tags, defaultQueueType, isProtected }: InspectedVhost): string[] {
  const shown = description === '' ? '' : word(description)
  return [word(name), shown, tags.map(word).join(','), defaultQueueType ?? '', yes(isProtected)]
}

function userRow({ name, tags, hasPassword, hashingAlgorithm }: InspectedUser): string[] {
  return [word(name), tags.map(word).join(','), hasPassword ? hashingAlgorithm : 'none']
}

function parameterRow({ vhost, component, name, value }: InspectedParameter): string[] {
  return [vhost === null ? '' : word(vhost), word(component), word(name), JSON.stringify(value)]
}

function messageText(message: InspectedMessage): string {
  const { position, redelivered, exchange, routingKey, properties, bodyBytes, bodyStart } = message
  const text = textOf(bodyStart)
  const body = text === undefined ? `hex ${bodyStart.toString('hex')}` : quoted(text)
  return [
    `${position}${redelivered ? ' (redelivered)' : ''}: exchange ${word(exchange)}, key ${word(routingKey)}`,
    `  properties ${JSON.stringify(jsonValue(properties))}`,
    `  body ${number(bodyBytes)} bytes: ${body}${bodyStart.length < bodyBytes ? ' …' : ''}`,
  ].join('\n')
}

function section<Item>(
  name: string,
  items: readonly Item[],
  columns: readonly string[],
  row: (item: Item) => string[],
): string[] {
  const title = `${number(items.length)} ${items.length === 1 ? name : plural(name)}`
  return items.length === 0 ? [title, ''] : [title, ...table([[...columns], ...items.map(row)]), '']
}

function plural(name: string): string {
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`
}

/** Columns as wide as they must be; those that are empty in all rows but the first are left out. */
function table(rows: readonly (readonly string[])[]): string[] {
  const [head = [], ...others] = rows
  const used = head.map((_, column) => others.length === 0 || others.some(row => row[column] !== ''))
  const kept = rows.map(row => row.filter((_, column) => used[column]))
  const widths = (kept[0] ?? []).map((_, column) => Math.max(...kept.map(row => row[column]?.length ?? 0)))
  return kept.map(row => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd())
}

/** A peer's text: in quotes when it is empty, or would run into its neighbours or into the terminal. */
function word(text: string): string {
  return /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(text) ? text : quoted(text)
}

/** Nothing in it reaches the terminal as a command. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f]/g, sign => `\\u00${sign.charCodeAt(0).toString(16)}`)
}

function yes(is: boolean): string {
  return is ? 'yes' : ''
}

function args(table: object): string {
  return Object.keys(table).length === 0 ? '' : JSON.stringify(jsonValue(table))
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), 4)
  return `${(bytes / 1024 ** power).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`
}

/** Undefined: it is no text. A character that is cut off at the end is left out. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true })
  } catch {
    return undefined
  }
}

/** What JSON cannot say as text: bytes in base64, numbers beyond 2^53 in digits. */
function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(jsonValue)
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, jsonValue(field)]))
}
