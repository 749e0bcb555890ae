/**
 * The first eight bytes of a connection: `AMQP` and a version.
 * amqp: section 4.2.2 "protocol header": to a version it does not speak a server answers with the one it does.
 */

export const PROTOCOL_HEADER = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1])

/** RabbitMQ also takes the header of 0-9 for 0-9-1. */
const PROTOCOL_HEADER_0_9 = Buffer.from([0x41, 0x4d, 0x51, 0x50, 1, 1, 0, 9])

/** Whether these eight bytes begin a conversation that can go on. */
export function isSpoken(header: Buffer): boolean {
  return header.equals(PROTOCOL_HEADER) || header.equals(PROTOCOL_HEADER_0_9)
}

/** Whether bytes received so far can still become a header: `GET ` is told at its first byte. */
export function mayBecomeHeader(bytes: Buffer): boolean {
  const begun = Math.min(bytes.length, 4)
  return bytes.subarray(0, begun).equals(PROTOCOL_HEADER.subarray(0, begun))
}
