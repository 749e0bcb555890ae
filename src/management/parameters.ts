/** The parts of paths and queries that many endpoints share. */
import { Type } from '@sinclair/typebox'

const name = (description: string) => Type.String({ description })

export const inVhost = Type.Object({ vhost: name('Name of the virtual host; `/` is `%2F`.') })

export const ofUser = Type.Object({ user: name('Name of the user.') })

export const ofUserInVhost = Type.Object({ ...inVhost.properties, ...ofUser.properties })

export const ofNode = Type.Object({ node: name('Name of the node; there is one.') })

export const ofConnection = Type.Object({
  connection: name('Name of the connection: `127.0.0.1:53076 -> 127.0.0.1:5672`.'),
})

export const ofQueue = Type.Object({ ...inVhost.properties, queue: name('Name of the queue.') })

export const ofExchange = Type.Object({
  ...inVhost.properties,
  exchange: name('Name of the exchange; `amq.default` is the one without a name.'),
})

/** RabbitMQ's name for the exchange without one, which a path cannot have. */
export function exchangeNamed(name: string): string {
  return name === 'amq.default' ? '' : name
}

/** Flags in queries: nothing but `true` is one. */
export function isSet(flag: string | undefined): boolean {
  return flag === 'true'
}
