/**
 * Names a broker made up are others when it is asked again: `amq.gen-…` of queues, `amq.ctag-…` of consumers. What clients
 * sent is played with the new ones in the place of the old.
 */
import { BasicConsumeOk, MethodId, QueueDeclareOk, readMethod } from '../amqp/methods'
import { Reader } from '../amqp/reader'
import { Writer } from '../amqp/writer'
import { ifReadable } from './readable'

const renamed = ['queue', 'routingKey', 'consumerTag'] as const

export class Renames {
  private readonly names = new Map<string, string>()

  /** A reply, as it was recorded and as it came. */
  learn(id: number, recorded: Buffer, received: Buffer): void {
    const was = ifReadable(() => nameIn(id, recorded))
    const is = ifReadable(() => nameIn(id, received))
    if (was !== undefined && is !== undefined && was !== is) this.names.set(was, is)
  }

  /** The payload of a client's method, with the names of now. */
  applyTo(payload: Buffer): Buffer {
    if (this.names.size === 0) return payload
    const method = ifReadable(() => readMethod(new Reader(payload))) as Record<string, unknown> | undefined
    if (method === undefined) return payload
    const changes = renamed.flatMap(field => {
      const name = this.names.get(String(method[field]))
      return name === undefined ? [] : [[field, name] as const]
    })
    if (changes.length === 0) return payload
    const writer = new Writer()
    const changed = Object.assign(Object.create(Object.getPrototypeOf(method)), method)
    Object.assign(changed, Object.fromEntries(changes)).write(writer)
    return writer.take()
  }
}

function nameIn(id: number, payload: Buffer): string | undefined {
  const reader = new Reader(payload, 4)
  if (id === MethodId.queueDeclareOk) return QueueDeclareOk.read(reader).queue
  return id === MethodId.basicConsumeOk ? BasicConsumeOk.read(reader).consumerTag : undefined
}
