/** What comes on a channel, against what must come: every answer in its turn, every delivery as the broker gave it. */
import type { Arrival, Content } from '../../../conformance/support/inbox'
import type { CloseFields, MethodFields, MethodName } from '../../../conformance/support/methods'
import type { CompatVersion } from '../../../src/broker/compat'
import type { Findings } from '../findings'
import type { AccessModel } from '../model/access-model'
import { requireWasPermitted, requireWasRefused } from '../model/permitted'
import { ID_BYTES } from '../model/plain'
import type { Client } from './client'
import type { Conversation, ExpectedDelivery, SentMessage } from './conversation'

/** What a client has checked. */
export interface ClientWatch {
  readonly findings: Findings
  readonly access: AccessModel
  readonly version: CompatVersion
  sent(id: string): SentMessage | undefined
  /** A publish was answered. */
  confirmed(message: SentMessage, isAcked: boolean): void
  channelClosed(conversation: Conversation, replyCode: number, replyText: string): void
  connectionOpened(client: Client): void
  connectionClosed(client: Client, replyCode: number, replyText: string): void
}

type Say = <M extends MethodName>(
  conversation: Conversation,
  method: M,
  fields: Partial<MethodFields[M]>,
) => void

export class Hearing {
  constructor(
    private readonly watch: ClientWatch,
    private readonly user: string,
    private readonly say: Say,
  ) {}

  heard(conversation: Conversation, arrival: Arrival): void {
    switch (arrival.name) {
      case 'basic.deliver':
        return this.delivered(conversation, arrival.fields, arrival.content)
      case 'basic.return':
        return this.returned(conversation, arrival.content)
      case 'basic.ack':
        return this.confirmed(conversation, arrival.fields, true)
      case 'basic.nack':
        return this.confirmed(conversation, arrival.fields, false)
      case 'basic.cancel':
        conversation.consumers.delete((arrival.fields as MethodFields['basic.cancel']).consumerTag)
        return
      case 'channel.close':
        this.watch.channelClosed(conversation, arrival.fields.replyCode, arrival.fields.replyText)
        this.refused(conversation, arrival.fields)
        this.say(conversation, 'channel.close-ok', {})
        // Both closed it: the answer to ours still comes.
        if (conversation.state === 'closing') conversation.replies.splice(0, conversation.replies.length - 1)
        else conversation.state = 'closed'
        return
      default:
        this.replied(conversation, arrival)
    }
  }

  private replied(conversation: Conversation, arrival: Arrival): void {
    const awaited = conversation.replies.shift()
    const isGet = awaited?.method === 'basic.get' && arrival.name === 'basic.get-empty'
    if (awaited === undefined || (arrival.name !== `${awaited.method}-ok` && !isGet)) {
      this.wrong(conversation, `${arrival.name} came as the answer to ${awaited?.method ?? 'nothing'}`)
      return
    }
    if (arrival.name === 'basic.get-ok')
      this.delivered(conversation, { ...arrival.fields, consumerTag: undefined }, arrival.content)
    if (arrival.name === 'channel.close-ok') conversation.state = 'closed'
    requireWasPermitted(this.watch, this.user, arrival.name, awaited.needs, awaited.since)
    awaited.replied?.(arrival.fields, arrival.content)
  }

  /** A request that nobody answers: it was sent at some time since the channel was opened. */
  private refused(conversation: Conversation, { replyText, classId, methodId }: CloseFields): void {
    const isPublish = classId === 60 && methodId === 40
    const { since } = (isPublish ? conversation.underWay[0] : undefined) ?? conversation
    requireWasRefused(this.watch, this.user, replyText, since)
  }

  private delivered(
    conversation: Conversation,
    fields: Omit<MethodFields['basic.deliver'], 'consumerTag'> & { readonly consumerTag: string | undefined },
    content: Content | undefined,
  ): void {
    const expected = conversation.expected.shift()
    const id = identityIn(content)
    if (expected === undefined) return this.wrong(conversation, `${id} came, which the broker did not give`)
    const came = [
      id,
      fields.deliveryTag,
      fields.consumerTag,
      fields.redelivered,
      fields.exchange,
      fields.routingKey,
    ]
    const { deliveryTag, consumerTag, isRedelivered, exchange, routingKey } = expected
    const due = [expected.id, deliveryTag, consumerTag, isRedelivered, exchange, routingKey]
    if (JSON.stringify(came) !== JSON.stringify(due))
      this.wrong(conversation, `${JSON.stringify(came)} came instead of ${JSON.stringify(due)}`)
    this.checkContent(conversation, expected, content)
    if (expected.noAck) return
    conversation.unacked.set(expected.deliveryTag, expected)
    if (consumerTag === undefined) return
    const consumer = conversation.consumers.get(consumerTag)
    if (consumer === undefined) return
    consumer.outstanding++
    if (consumer.limit > 0 && consumer.outstanding > consumer.limit)
      this.wrong(conversation, `${consumer.outstanding} are out with a consumer that takes ${consumer.limit}`)
    const { sharedPrefetch } = conversation
    const shared = [...conversation.consumers.values()].reduce((sum, { outstanding }) => sum + outstanding, 0)
    if (sharedPrefetch > 0 && shared > sharedPrefetch)
      this.wrong(conversation, `${shared} are out with a channel that takes ${sharedPrefetch}`)
  }

  private checkContent(
    conversation: Conversation,
    { id, isChanged, failures }: ExpectedDelivery,
    content: Content | undefined,
  ): void {
    const sent = this.watch.sent(id)
    if (sent === undefined) return this.wrong(conversation, `${id} came, which nobody sent`)
    if (content?.body.equals(sent.body) !== true) this.wrong(conversation, `${id} came with another body`)
    const { headers, expiration, ...others } = content?.properties ?? {}
    const { headers: sentHeaders, expiration: sentExpiration, ...sentOthers } = sent.properties
    const same =
      JSON.stringify(Object.entries(others).sort()) === JSON.stringify(Object.entries(sentOthers).sort())
    if (!same)
      this.wrong(
        conversation,
        `${id} came with ${JSON.stringify(others)} instead of ${JSON.stringify(sentOthers)}`,
      )
    if (Number(headers?.['x-delivery-count'] ?? 0) < failures)
      this.wrong(conversation, `${id} came back ${failures} times, and came with ${JSON.stringify(headers)}`)
    if (isChanged) return
    if (expiration !== sentExpiration || JSON.stringify(headers) !== JSON.stringify(withoutBcc(sentHeaders)))
      this.wrong(
        conversation,
        `${id} came with headers ${JSON.stringify(headers)} instead of ${JSON.stringify(sentHeaders)}`,
      )
  }

  private returned(conversation: Conversation, content: Content | undefined): void {
    const id = identityIn(content)
    let due = conversation.returnsDue.shift()
    while (due?.isUnroutable === false) due = conversation.returnsDue.shift()
    if (due?.id !== id) this.wrong(conversation, `${id} was returned, and not ${due?.id}`)
  }

  private confirmed(conversation: Conversation, fields: MethodFields['basic.ack'], isAcked: boolean): void {
    const { deliveryTag, multiple } = fields
    let count = 0
    for (const [sequence, message] of conversation.unconfirmed) {
      if (sequence > deliveryTag || (!multiple && sequence !== deliveryTag)) continue
      conversation.unconfirmed.delete(sequence)
      count++
      this.watch.confirmed(message, isAcked)
    }
    if (count === 0)
      this.wrong(conversation, `publish ${deliveryTag} was confirmed, and nothing waited for it`)
  }

  private wrong({ port, number }: Conversation, text: string): void {
    this.watch.findings.wrong(`connection ${port} channel ${number}: ${text}`)
  }
}

function identityIn(content: Content | undefined): string {
  if (content === undefined) return 'nothing'
  if (content.body.length < ID_BYTES) return content.properties.messageId ?? 'nobody'
  return content.body.toString('latin1', 0, ID_BYTES)
}

function withoutBcc(headers: Record<string, unknown> | undefined): unknown {
  if (headers === undefined || !('BCC' in headers)) return headers
  const { BCC: _, ...others } = headers
  return others
}
