/**
 * Methods and properties to bytes and back, by amqplib's generated codec: independent of src/amqp, so that a mistake
 * there cannot hide behind the same mistake here.
 */
import { dirname, join } from 'node:path'
import type { MethodFields, MethodName, Properties, Table } from './methods'

interface MethodInfo {
  id: number
  classId: number
  methodId: number
  name: string
  args: { name: string; type: string; default?: unknown }[]
}

interface Defs {
  info(id: number): MethodInfo
  decode(id: number, payload: Buffer): Table
  encodeMethod(id: number, channel: number, fields: Table): Buffer
  encodeProperties(classId: number, channel: number, size: number, fields: Table): Buffer
}

interface TableCodec {
  encodeTable(into: Buffer, table: Table, offset: number): number
}

// amqplib's `exports` hide its codec from `require('amqplib/lib/…')`; its path does not.
const library = join(dirname(require.resolve('amqplib')), 'lib')
const defs = require(join(library, 'defs.js')) as Defs & Record<string, number>
const tables = require(join(library, 'codec.js')) as TableCodec

const BASIC = 60

/** 'BasicGetOk' → 'basic.get-ok' */
function specName(name: string): string {
  const words = name.split(/(?=[A-Z])/).map(word => word.toLowerCase())
  return `${words[0]}.${words.slice(1).join('-')}`
}

const infos = new Map<string, MethodInfo>()
const names = new Map<number, MethodName>()
for (const [key, id] of Object.entries(defs)) {
  if (!/^[A-Z][a-z]/.test(key) || typeof id !== 'number' || id < 0x10000) continue
  const info = defs.info(id)
  infos.set(specName(info.name), info)
  names.set(id, specName(info.name) as MethodName)
}

function infoOf(method: MethodName): MethodInfo {
  const info = infos.get(method)
  if (info === undefined) throw new Error(`amqplib has no method ${method}`)
  return info
}

const zeroes: Record<string, unknown> = { table: {}, longstr: Buffer.alloc(0), shortstr: '', bit: false }

/** The class and method ids that a close names: `[0, 0]` for a frame that was no method. */
export function idsOf(method: MethodName | 'none'): { classId: number; methodId: number } {
  if (method === 'none') return { classId: 0, methodId: 0 }
  const { classId, methodId } = infoOf(method)
  return { classId, methodId }
}

/** A whole method frame; fields left out are empty, false or 0. */
export function encodeMethod<M extends MethodName>(
  channel: number,
  method: M,
  fields: Partial<MethodFields[M]>,
): Buffer {
  const info = infoOf(method)
  const all: Table = {}
  for (const { name, type } of info.args) {
    all[name] = (fields as Table)[name] ?? zeroes[type] ?? 0
  }
  return defs.encodeMethod(info.id, channel, all)
}

/** A whole header frame of class basic. Properties given as bytes (flags, then values) go out as they are. */
export function encodeHeader(channel: number, bodyBytes: number, properties: Properties | Buffer): Buffer {
  if (!Buffer.isBuffer(properties)) {
    return defs.encodeProperties(BASIC, channel, bodyBytes, properties as Table)
  }
  const payload = Buffer.alloc(12 + properties.length)
  payload.writeUInt16BE(BASIC, 0)
  payload.writeBigUInt64BE(BigInt(bodyBytes), 4)
  properties.copy(payload, 12)
  return encodeFrame(2, channel, payload)
}

/** A field table with its length in front. */
export function encodeTable(table: Table): Buffer {
  const scratch = Buffer.alloc(65536)
  return Buffer.from(scratch.subarray(0, tables.encodeTable(scratch, table, 0)))
}

/** Any frame at all, also one that the protocol does not know. */
export function encodeFrame(type: number, channel: number, payload: Buffer, end = 0xce): Buffer {
  const frame = Buffer.alloc(8 + payload.length)
  frame.writeUInt8(type, 0)
  frame.writeUInt16BE(channel, 1)
  frame.writeUInt32BE(payload.length, 3)
  payload.copy(frame, 7)
  frame.writeUInt8(end, 7 + payload.length)
  return frame
}

export function decodeMethod(payload: Buffer): { name: MethodName; fields: Table } {
  const id = payload.readUInt32BE(0)
  const name = names.get(id)
  if (name === undefined) throw new Error(`the server sent an unknown method ${id >>> 16}.${id & 0xffff}`)
  return { name, fields: defs.decode(id, payload.subarray(4)) }
}

/** Undefined if they hold a type of value that amqplib does not know ('L'), which is no mistake of the server. */
export function decodeProperties(flagsAndValues: Buffer): Properties | undefined {
  try {
    const fields = Object.entries(defs.decode(BASIC, flagsAndValues))
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
