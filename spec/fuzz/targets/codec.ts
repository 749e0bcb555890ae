/** Methods, properties and tables as bytes: read or refused by `Undecodable`, and what was read means the same again. */
import { AmqpError } from '../../../src/amqp/errors'
import { tableAsJson, tableFromJson } from '../../../src/amqp/json-table'
import { readMethod } from '../../../src/amqp/methods'
import { decodeProperties, encodeProperties, PropertiesScan } from '../../../src/amqp/properties'
import { withHeaders } from '../../../src/amqp/property-edit'
import { protocolMethods } from '../../../src/amqp/protocol'
import { Reader } from '../../../src/amqp/reader'
import { type FieldTable, readTable, sameValue, toPlain } from '../../../src/amqp/table'
import { Writer } from '../../../src/amqp/writer'
import { jsonOf } from '../../../src/management/json'
import * as fields from '../generate/fields'
import { AMQP_WORDS, method } from '../generate/frames'
import type { Input, Target, World } from '../target'

const METHODS = protocolMethods()

export const codec: Target = {
  name: 'codec',
  briefly: 1000,
  dictionary: AMQP_WORDS,
  inputsPerWorld: 100_000,
  forgets: true,
  generate: random => [fields.table(random), fields.properties(random), method(random, random.pick(METHODS))],
  open: async () => new CodecWorld(),
}

class CodecWorld implements World {
  feed([table, properties, payload]: Input): void {
    if (table !== undefined) checkTable(table)
    if (properties !== undefined) checkProperties(properties)
    if (payload !== undefined) orRefused(() => readMethod(new Reader(payload)))
  }

  close(): void {}
}

function checkTable(bytes: Buffer): void {
  const table = orRefused(() => readTable(new Reader(bytes)))
  if (table === undefined) return
  const writer = new Writer()
  writer.table(table)
  requireSame(table, readTable(new Reader(writer.take())))
  toPlain(table)
  const json = JSON.parse(jsonOf(tableAsJson(table))) as Record<string, unknown>
  if (Object.getPrototypeOf(tableAsJson(table)) !== null) throw new Error('a table as JSON has a prototype')
  tableFromJson(json)
  if (Object.keys(Object.prototype).length > 0) throw new Error('the prototype of all objects was changed')
}

/** What finds its way through properties without reading them agrees with what reads them. */
function checkProperties(bytes: Buffer): void {
  const scanned = orRefused(() => {
    const scan = new PropertiesScan()
    scan.scan(bytes, 0, bytes.length)
    return scan
  })
  const decoded = orRefused(() => decodeProperties(bytes, 0, bytes.length))
  if ((scanned === undefined) !== (decoded === undefined))
    throw new Error(`scanned: ${scanned !== undefined}, decoded: ${decoded !== undefined}`)
  if (decoded === undefined) return
  const again = decodeProperties(encodeProperties(decoded), 0, encodeProperties(decoded).length)
  if (decoded.headers !== undefined && again.headers !== undefined)
    requireSame(decoded.headers, again.headers)
  const without = withHeaders(bytes, 0, bytes.length, undefined)
  if (decodeProperties(without, 0, without.length).headers !== undefined)
    throw new Error('headers are still there')
}

function requireSame(table: FieldTable, again: FieldTable): void {
  if (!sameValue({ type: 'F', value: table }, { type: 'F', value: again }) && !hasNan(table))
    throw new Error('written and read again it is another table')
}

function hasNan(table: FieldTable): boolean {
  return /NaN|nan/.test(
    [...table.values()]
      .map(value =>
        JSON.stringify(value, (_, item) =>
          typeof item === 'bigint'
            ? 'big'
            : Number.isNaN(item)
              ? 'NaN'
              : item instanceof Map
                ? [...item]
                : item,
        ),
      )
      .join(''),
  )
}

/** Undefined: it was refused, as it should be. */
export function orRefused<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof AmqpError) return undefined
    throw error
  }
}
