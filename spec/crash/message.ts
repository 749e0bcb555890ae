/** Messages that tell who they are: the number travels in message-id, and every byte of the body follows from it. */
import type { Content } from '../../conformance/support/inbox'
import type { Properties, Table } from '../../conformance/support/methods'
import type { Random } from './random'

const PERSISTENT = 2
const TRANSIENT = 1

export function bodyOf(id: number, bytes: number): Buffer {
  return bytes === 0 ? Buffer.alloc(0) : Buffer.alloc(bytes, `${id}:${bytes};`)
}

export function propertiesOf(id: number, persistent: boolean, headers?: Table): Properties {
  const properties = { messageId: String(id), deliveryMode: persistent ? PERSISTENT : TRANSIENT }
  return headers === undefined ? properties : { ...properties, headers }
}

/** NaN: not one of ours. */
export function idOf(content: Content): number {
  return Number(content.properties.messageId)
}

const KIB = 1024

/** From nothing to 100 KiB: mostly small, and often enough on both sides of what is kept apart for its size. */
export function someSize(random: Random): number {
  const kind = random.next()
  if (kind < 0.1) return 0
  if (kind < 0.65) return random.between(1, 200)
  if (kind < 0.93) return random.between(200, 4 * KIB)
  return random.between(4 * KIB, 100 * KIB)
}
