/** A field table as opaque bytes, for those who keep it and look into it later. */
import type { FieldTable } from './field-value'
import { Reader } from './reader'
import { readTable, writeTable } from './table-codec'
import { Writer } from './writer'

export function tableToBytes(table: FieldTable): Buffer {
  const writer = new Writer()
  writeTable(writer, table)
  return writer.take()
}

/** @throws FrameError for bytes that are no table */
export function tableFromBytes(bytes: Uint8Array): FieldTable {
  return readTable(new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
}
