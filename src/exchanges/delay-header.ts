/** The header `x-delay`: how long a message waits before it is routed, in milliseconds; below zero once it has waited. */
import { type FieldTable, type FieldValue, integerOf } from '../amqp/table'

const HEADER = 'x-delay'
/** The plugin of RabbitMQ: 2^32 - 1; what is above it is not delayed at all. */
const DELAY_MS_MAX = 4_294_967_295
const INT32_MIN = -(2 ** 31)

/** 0: it is not to be delayed. Whole numbers, floating ones cut down to whole ones, and texts of digits are delays. */
export function delayIn(headers: FieldTable | undefined): number {
  const field = headers?.get(HEADER)
  const delay = field === undefined ? undefined : millisecondsIn(field)
  return delay !== undefined && delay > 0 && delay <= DELAY_MS_MAX ? delay : 0
}

/** The headers of a message that has waited: nobody delays it again, and who gets it can tell how long it did. */
export function withDelayOver(headers: FieldTable | undefined): FieldTable {
  const over = -delayIn(headers)
  return new Map(headers).set(HEADER, { type: over < INT32_MIN ? 'l' : 'I', value: over })
}

function millisecondsIn(field: FieldValue): number | undefined {
  const integer = integerOf(field)
  if (integer !== undefined) return Number(integer)
  switch (field.type) {
    case 'f':
    case 'd':
      return Math.trunc(field.value)
    case 'S':
    case 'x':
      return DIGITS.test(field.value.toString('latin1', 0, DIGITS_MAX + 1)) ? Number(field.value) : undefined
    default:
      return undefined
  }
}

/** A header may be megabytes long; no delay is. */
const DIGITS_MAX = 20
const DIGITS = /^[+-]?\d{1,19}$/
