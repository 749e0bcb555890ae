/** Somebody well-behaved beside those who are not. */
import { encodeFrame, encodeHeader, encodeMethod } from '../../../conformance/support/codec'
import type { InProcessClient } from '../../support/in-process-clients'

/** Publishes to its own queue and gets it back. Throws unless it does. */
export function publishOne(client: InProcessClient): void {
  const routingKey = 'queue of the bystander'
  client.say(
    Buffer.concat([
      encodeMethod(1, 'basic.publish', { routingKey }),
      encodeHeader(1, 3, {}),
      encodeFrame(3, 1, Buffer.from('abc')),
      encodeMethod(1, 'basic.get', { queue: routingKey, noAck: true }),
    ]),
  )
  const got = client.take('basic.get-ok', 1)
  if (got.content?.body.toString() !== 'abc') throw new Error(`the bystander got ${JSON.stringify(got)}`)
}
