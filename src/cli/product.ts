/** Which broker answers: Leveret says that it is one beside the version of RabbitMQ it follows. */
import { type JsonObject, textField } from './json'

export function productOf(overview: JsonObject): string {
  const follows = `${textField(overview, 'product_name') || 'RabbitMQ'} ${
    textField(overview, 'product_version') || textField(overview, 'rabbitmq_version')
  }`
  const leveret = textField(overview, 'leveret_version')
  return leveret === '' ? follows : `Leveret ${leveret}, as ${follows}`
}
