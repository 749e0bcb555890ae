/** The arguments of basic.consume, with the texts RabbitMQ refuses them with. Others are let pass. */
import { PreconditionFailed } from '../amqp/errors'
import { type FieldTable, type FieldValue, integerOf, typeName } from '../amqp/table'

/** `x-priority`: a whole number, 0 when absent. @throws PreconditionFailed */
export function consumerPriority(args: FieldTable, resource: string): number {
  const value = args.get('x-priority')
  return value === undefined ? 0 : Number(requireInteger('x-priority', value, resource))
}

/** `x-consumer-timeout`: milliseconds, 0: no limit; undefined when absent. @throws PreconditionFailed */
export function consumerTimeout(args: FieldTable, resource: string): number | undefined {
  const value = args.get('x-consumer-timeout')
  if (value === undefined) return undefined
  const timeout = requireInteger('x-consumer-timeout', value, resource)
  if (timeout < 0) {
    throw new PreconditionFailed(
      `invalid arg 'x-consumer-timeout' for ${resource}: {value_negative,${timeout}}`,
    )
  }
  return Number(timeout)
}

function requireInteger(name: string, value: FieldValue, resource: string): number | bigint {
  const number = integerOf(value)
  if (number !== undefined) return number
  const problem = `"expected integer, got ${typeName(value)}"`
  throw new PreconditionFailed(`invalid arg '${name}' for ${resource}: ${problem}`)
}
