/**
 * Writes `methods.ts` and `reply-codes.ts` from the table in `protocol.ts`: run `node dist/amqp/generate.js` after
 * changing the table. A spec fails while the committed files differ from what this makes.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ProtocolField, type ProtocolMethod, protocolMethods, REPLY_CODES } from './protocol'

const HEADER =
  '// GENERATED from protocol.ts by generate.ts: do not edit, run `node dist/amqp/generate.js`.\n'

/** The text of every generated file, by its name in src/amqp. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['reply-codes.ts', replyCodesFile()],
    ['methods.ts', methodsFile(protocolMethods())],
  ])
}

function replyCodesFile(): string {
  const entries = Object.entries(REPLY_CODES)
  return `${HEADER}
/** Why a channel or connection is closed, or a message returned (AMQP 0-9-1, section 1.2 "constants"). */
export const ReplyCode = {
${lines(entries, ([name, code]) => `  ${camelCase(name)}: ${code},`)}
} as const

/** The name RabbitMQ puts before its reply texts (\`NOT_FOUND\`); a code that has none is printed as it is. */
export function replyCodeName(code: number): string {
  switch (code) {
${lines(entries, ([name, code]) => `    case ${code}:\n      return '${name.toUpperCase().replaceAll('-', '_')}'`)}
    default:
      return String(code)
  }
}
`
}

function methodsFile(methods: readonly ProtocolMethod[]): string {
  return `${HEADER}//
// The methods of AMQP 0-9-1 and RabbitMQ's extensions: one class each, which reads and writes its arguments. A method
// is known by one number, class-id << 16 | method-id. Knows nothing of frames and channels.
import { Undecodable, UnknownMethod, undecodable } from './errors'
import type { FieldTable } from './field-value'
import type { Reader } from './reader'
import type { Writer } from './writer'

export const MethodId = {
${lines(methods, method => `  ${memberOf(method)}: ${method.id}, // ${method.id >>> 16}.${method.id & 0xffff}`)}
} as const

${methods.map(methodClass).join('\n\n')}

${union(
  'What a client may send.',
  'ClientMethod',
  methods.filter(method => method.fromClient),
)}

${union(
  'What a server may send.',
  'ServerMethod',
  methods.filter(method => method.fromServer),
)}

export type Method = ClientMethod | ServerMethod

${readFunctions(methods)}

${questions(methods)}
`
}

/** An exported union type: one member a line. */
function union(doc: string, name: string, methods: readonly ProtocolMethod[]): string {
  return `/** ${doc} */\nexport type ${name} =\n${lines(methods, method => `  | ${classNameOf(method)}`)}`
}

function readFunctions(methods: readonly ProtocolMethod[]): string {
  return `/**
 * The method in a method frame's payload: class-id, method-id, arguments.
 * Throws \`UnknownMethod\`, or \`FrameError\` for arguments that cannot be decoded.
 */
export function readMethod(r: Reader): Method {
  const id = r.long()
  const start = r.offset
  const end = r.end // a table moves the reader's while it is read
  try {
    const method = readArguments(id, r)
    if (r.offset !== end) throw new Undecodable('octets left')
    return method
  } catch (error) {
    throw undecodable(error, id, r.bytes, start, end)
  }
}

function readArguments(id: number, r: Reader): Method {
  switch (id) {
${lines(methods, method => `    case ${method.id}:\n      return ${classNameOf(method)}.read(r)`)}
    default:
      throw new UnknownMethod(id)
  }
}`
}

function questions(methods: readonly ProtocolMethod[]): string {
  const contentMethods = methods.filter(method => method.carriesContent)
  const serverOnly = methods.filter(method => !method.fromClient)
  return `/** \`queue.declare\`; an id that is no method's gives its two numbers, \`60.99\`. */
export function methodName(id: number): string {
  switch (id) {
${lines(methods, method => `    case ${idOf(method)}:\n      return '${method.className}.${method.name}'`)}
    default:
      return \`\${id >>> 16}.\${id & 0xffff}\`
  }
}

/** Whether a content header frame and body frames follow the method. */
export function carriesContent(id: number): boolean {
  return ${contentMethods.map(method => `id === ${idOf(method)}`).join(' || ')}
}

/** Whether only a server may send the method: from a client it is an error (503 \`unimplemented method\`). */
export function isServerMethodOnly(id: number): boolean {
  switch (id) {
${lines(serverOnly, method => `    case ${idOf(method)}:`)}
      return true
    default:
      return false
  }
}`
}

function methodClass(method: ProtocolMethod): string {
  const name = classNameOf(method)
  const fields = method.fields.filter(isVisible)
  const members = [`  readonly id = ${idOf(method)}`]
  // \`arguments\` cannot name a parameter, so that field is declared and assigned by hand.
  if (fields.some(field => field.name === 'arguments')) members.push('  readonly arguments: FieldTable')
  return `/** ${method.className}.${method.name} */
export class ${name} {
${members.join('\n')}

${constructorOf(fields)}  static read(${method.fields.length > 0 ? 'r' : '_r'}: Reader): ${name} {
${readBody(name, method.fields)}
  }

  write(w: Writer): void {
    w.long(${idOf(method)})
${writeBody(method.fields)}  }
}`
}

function constructorOf(fields: readonly ProtocolField[]): string {
  if (fields.length === 0) return ''
  const hasArguments = fields.some(field => field.name === 'arguments')
  const parameters = lines(fields, field =>
    field.name === 'arguments'
      ? '    args: FieldTable,'
      : `    readonly ${camelCase(field.name)}: ${typeOf(field)},`,
  )
  return `  constructor(\n${parameters}\n  ) {${hasArguments ? '\n    this.arguments = args\n  ' : ''}}\n\n`
}

/** Statements that read the fields in wire order; consecutive bits share octets, the first in the lowest bit. */
function readBody(name: string, fields: readonly ProtocolField[]): string {
  const statements: string[] = []
  for (const group of groupBits(fields)) {
    const [first] = group
    if (first.domain === 'bit') {
      if (!group.some(isVisible)) statements.push('r.skip(1)')
      else statements.push('const bits = r.octet()')
      group.forEach((field, bit) => {
        if (isVisible(field)) statements.push(`const ${local(field)} = (bits & ${1 << bit}) !== 0`)
      })
    } else if (isVisible(first)) {
      statements.push(`const ${local(first)} = r.${CURSOR_METHODS[first.domain]}()`)
    } else {
      statements.push(`r.${SKIP_METHODS[first.domain]}`)
    }
  }
  statements.push(`return new ${name}(${fields.filter(isVisible).map(local).join(', ')})`)
  return lines(statements, statement => `    ${statement}`)
}

function writeBody(fields: readonly ProtocolField[]): string {
  return groupBits(fields)
    .map(group => `    ${writeStatement(group)}\n`)
    .join('')
}

function writeStatement(group: BitGroup): string {
  const [first] = group
  if (first.domain === 'bit') {
    const bits = group.map((field, bit) =>
      isVisible(field) ? `(this.${camelCase(field.name)} ? ${1 << bit} : 0)` : '0',
    )
    return `w.octet(${bits.join(' | ')})`
  }
  if (isVisible(first)) return `w.${CURSOR_METHODS[first.domain]}(this.${camelCase(first.name)})`
  return `w.${ZERO_METHODS[first.domain]}`
}

type BitGroup = readonly [ProtocolField, ...ProtocolField[]]

/** Runs of bits, which share an octet (no method has more than eight), and every other field alone. */
function groupBits(fields: readonly ProtocolField[]): BitGroup[] {
  const groups: [ProtocolField, ...ProtocolField[]][] = []
  for (const field of fields) {
    const last = groups.at(-1)
    if (field.domain === 'bit' && last?.[0].domain === 'bit') last.push(field)
    else groups.push([field])
  }
  if (groups.some(group => group.length > 8)) throw new Error('protocol table: more than eight bits in a row')
  return groups
}

const TYPES = {
  bit: 'boolean',
  octet: 'number',
  short: 'number',
  long: 'number',
  longlong: 'number',
  shortstr: 'string',
  longstr: 'Buffer',
  table: 'FieldTable',
} as const

const CURSOR_METHODS = {
  octet: 'octet',
  short: 'short',
  long: 'long',
  longlong: 'longlong',
  shortstr: 'shortString',
  longstr: 'longString',
  table: 'table',
} as const

/** How reserved fields are passed over, and written. */
const SKIP_METHODS = {
  octet: 'skip(1)',
  short: 'skip(2)',
  long: 'skip(4)',
  longlong: 'skip(8)',
  shortstr: 'skipShortString()',
  longstr: 'skipLongString()',
  table: 'skipLongString()',
} as const

const ZERO_METHODS = {
  octet: 'octet(0)',
  short: 'short(0)',
  long: 'long(0)',
  longlong: 'longlong(0)',
  shortstr: 'octet(0)',
  longstr: 'long(0)',
  table: 'long(0)',
} as const

function typeOf(field: ProtocolField): string {
  return TYPES[field.domain]
}

function isVisible(field: ProtocolField): boolean {
  return !field.name.startsWith('reserved-')
}

function local(field: ProtocolField): string {
  return field.name === 'arguments' ? 'args' : camelCase(field.name)
}

function classNameOf(method: ProtocolMethod): string {
  const name = memberOf(method)
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function memberOf(method: ProtocolMethod): string {
  return camelCase(`${method.className}-${method.name}`)
}

function idOf(method: ProtocolMethod): string {
  return `MethodId.${memberOf(method)}`
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function lines<T>(items: readonly T[], text: (item: T) => string): string {
  return items.map(text).join('\n')
}

if (require.main === module) {
  for (const [name, text] of generatedFiles()) writeFileSync(join(__dirname, '../../src/amqp', name), text)
}
