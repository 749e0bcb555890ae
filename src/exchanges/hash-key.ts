/**
 * What a message is hashed on, as the whole number that a jump hash takes. RabbitMQ 4: a text or a list of bytes by its
 * phash2, a whole number by itself, everything else by the phash2 of the term that RabbitMQ's parser makes of it: the
 * first element of an array or table together with its type, an atom for truth values and for what is absent.
 */
import { type FieldTable, type FieldValue, integerOf, typeName } from '../amqp/table'
import { hashAtom, hashBinary, hashFloat, hashInteger, hashNil, hashTuple, phash2 } from './phash2'

/** All of a whole number that a jump hash looks at. */
const KEY_BITS = 21
/** RabbitMQ keeps times in milliseconds. */
const MILLISECONDS = 1000n

export function keyOfBytes(bytes: Buffer | undefined): number {
  return phash2(bytes === undefined ? hashAtom(0, 'undefined') : hashBinary(0, bytes))
}

export function keyOfField(field: FieldValue | undefined): number {
  if (field === undefined) return keyOfBytes(undefined)
  const integer = integerOf(field)
  if (integer !== undefined) return lowestBits(integer)
  switch (field.type) {
    case 'T':
      return lowestBits(BigInt(field.value) * MILLISECONDS)
    case 'A':
      return phash2(field.value[0] === undefined ? hashNil(0) : hashElement(0, field.value[0]))
    case 'F':
      return phash2(hashFirstEntry(field.value))
    default:
      return phash2(hashValue(0, field))
  }
}

function lowestBits(value: number | bigint): number {
  return typeof value === 'number' ? value : Number(BigInt.asUintN(KEY_BITS, value))
}

function hashFirstEntry(table: FieldTable): number {
  for (const [key, value] of table) return hashEntry(0, key, value)
  return hashNil(0)
}

/** Calls itself for values within values: the decoder bounds how deep they are. */
function hashValue(hash: number, field: FieldValue): number {
  switch (field.type) {
    case 'S':
    case 'x':
      return hashBinary(hash, field.value)
    case 't':
      return hashAtom(hash, String(field.value))
    case 'V':
      return hashAtom(hash, 'undefined')
    case 'f':
    case 'd':
      return hashFloat(hash, field.value)
    case 'D':
      return hashInteger(hashInteger(hashTuple(hash, 2), field.scale), field.value)
    case 'A':
      return hashNil(field.value.reduce(hashElement, hash))
    case 'F':
      for (const [key, value] of field.value) hash = hashEntry(hash, key, value)
      return hashNil(hash)
    default:
      return hashInteger(hash, field.value)
  }
}

/** {Type, Value} */
function hashElement(hash: number, field: FieldValue): number {
  return hashValue(hashAtom(hashTuple(hash, 2), typeName(field)), field)
}

/** {Key, Type, Value} */
function hashEntry(hash: number, key: string, field: FieldValue): number {
  const keyed = hashBinary(hashTuple(hash, 3), Buffer.from(key))
  return hashValue(hashAtom(keyed, typeName(field)), field)
}
