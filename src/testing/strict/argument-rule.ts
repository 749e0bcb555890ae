/** Arguments that are passed over without a word: mostly they are misspelt, and what was meant by them does not happen. */
import { type Method, MethodId } from '../../amqp/methods'
import {
  type UnknownArgument,
  unknownConsumerArguments,
  unknownExchangeArguments,
  unknownQueueArguments,
  uselessBindingArguments,
} from './known-arguments'
import { exchangeNamed, type Place, quoted, type Rule, type Speaker, type StrictEye } from './rule'

interface Finding {
  readonly arguments: readonly UnknownArgument[]
  /** `declared queue "orders"` */
  readonly deed: string
  /** Why the argument does nothing. */
  readonly why: string
  readonly place: Place
}

const UNKNOWN = 'which RabbitMQ does not know'
const UNREAD = 'which such an exchange does not read'

export function argumentRule(eye: StrictEye): Rule {
  return {
    asked(method, by) {
      const finding = found(method, by)
      for (const { name, meant } of finding?.arguments ?? []) {
        const guess = meant === undefined ? '' : `: is ${quoted(meant)} meant?`
        const text = `${finding?.deed} with argument ${quoted(name)}, ${finding?.why}${guess}`
        eye.note('arguments', by, text, finding?.place ?? {})
      }
    },
  }
}

function found(method: Method, by: Speaker): Finding | undefined {
  switch (method.id) {
    case MethodId.queueDeclare: {
      if (method.passive) return undefined
      const queue = method.queue
      const deed = queue === '' ? 'declared a queue' : `declared queue ${quoted(queue)}`
      const place = queue === '' ? {} : { queue }
      return { arguments: unknownQueueArguments(method.arguments), deed, why: UNKNOWN, place }
    }
    case MethodId.exchangeDeclare: {
      if (method.passive) return undefined
      const { exchange, type } = method
      const deed = `declared ${type} ${exchangeNamed(exchange)}`
      const args = unknownExchangeArguments(type, method.arguments)
      return { arguments: args, deed, why: UNKNOWN, place: { exchange } }
    }
    case MethodId.basicConsume: {
      const { queue, consumerTag } = method
      const deed = `consumed queue ${quoted(queue)}`
      const place = { queue, consumerTag: consumerTag === '' ? undefined : consumerTag }
      return { arguments: unknownConsumerArguments(method.arguments), deed, why: UNKNOWN, place }
    }
    case MethodId.queueBind: {
      const { queue, exchange } = method
      return binding(method.arguments, exchange, `queue ${quoted(queue)}`, by, queue)
    }
    case MethodId.exchangeBind:
      return binding(method.arguments, method.source, exchangeNamed(method.destination), by)
    default:
      return undefined
  }
}

function binding(
  args: Parameters<typeof uselessBindingArguments>[1],
  source: string,
  destination: string,
  { vhost }: Speaker,
  queue?: string,
): Finding | undefined {
  const exchange = vhost.exchange(source)
  if (exchange === undefined) return undefined
  const deed = `bound ${destination} to ${exchange.type} ${exchangeNamed(source)}`
  const unread = uselessBindingArguments(exchange, args)
  return { arguments: unread, deed, why: UNREAD, place: { exchange: source, queue } }
}
