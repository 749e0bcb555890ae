/** Which of a queue's consumers may get a message: the single active one, or one of the highest priority that has credit. */
import type { Consumer } from '../../../src/queues/consumer'
import type { QueueModel } from './queue-model'

/** `reader`: a consumer, or what stands for basic.get. */
export function requireTurn(
  queue: QueueModel,
  consumers: readonly Consumer[],
  reader: { readonly tag?: string },
): void {
  const consumer = consumers.find(each => each === reader)
  if (consumer === undefined) {
    queue.expect(typeof reader.tag !== 'string', 'delivered to a consumer that is not there')
    return
  }
  if (queue.terms.isSingleActive) {
    queue.expect(consumers[0] === consumer, 'delivered to one that is not the active consumer')
    return
  }
  const better = consumers.find(each => each.priority > consumer.priority && each.hasCredit())
  queue.expect(better === undefined, `delivered to ${consumer.priority} before ${better?.priority}`)
}
