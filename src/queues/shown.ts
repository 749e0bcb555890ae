/** A message as others may see it: without its header BCC, which stays for dead-lettering. */
import { withHeaders } from '../amqp/property-edit'
import { Mark, Message } from '../message'

export function hasBcc(message: Message): boolean {
  return message.headers()?.has('BCC') === true
}

/** Itself, or, when there is something to hide, a view without it that shares its bytes. */
export function shown(message: Message): Message {
  if ((message.marks & Mark.blindCarbon) === 0) return message
  const view = Object.assign(new Message(), message)
  const headers = new Map(message.headers())
  headers.delete('BCC')
  const { propertiesBytes, propertiesStart, propertiesEnd } = message
  view.setProperties(withHeaders(propertiesBytes, propertiesStart, propertiesEnd, headers))
  return view
}
