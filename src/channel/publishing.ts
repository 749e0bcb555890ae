/**
 * basic.publish: method, header and body frames become one message, which is checked, routed, enqueued and answered.
 *
 * The message is a view on the received chunks when each of its parts came in one piece, which is nearly always;
 * only a body of several frames is assembled. Nothing is kept of a message here once its last frame was accepted.
 */
import {
  FrameError,
  NotImplemented,
  PreconditionFailed,
  Undecodable,
  UnexpectedFrame,
  undecodable,
} from '../amqp/errors'
import { BasicReturn, MethodId } from '../amqp/methods'
import { PropertiesScan } from '../amqp/properties'
import { ReplyCode } from '../amqp/reply-codes'
import { isReplyQueueName } from '../broker/names'
import { NOTHING_NOTED, type Note, withdrawAll } from '../broker/notes'
import type { Route } from '../broker/route-cache'
import { copyingWork, countRouted } from '../broker/routed'
import { Mark, Message } from '../message'
import { type Queue, REFUSED } from '../queues/queue'
import { hasBcc, shown } from '../queues/shown'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import type { MessageTally } from '../structures/message-tally'
import type { SizeHistogram } from '../structures/size-histogram'
import { BodyAssembly } from './body-assembly'
import type { Confirms } from './confirms'
import type { DirectReplyTo } from './direct-reply-to'
import { checkUserId, readExpiration } from './publish-checks'
import type { Session } from './session'
import type { Transaction } from './transaction'

const BASIC_CLASS = 60
/** class-id, weight and body size in front of the properties. */
const CONTENT_HEADER_BYTES = 12
const PERSISTENT = 2
/** RabbitMQ refuses what is declared larger before any of it is read. */
const BODY_BYTES_MAX = 512 * 1024 * 1024
/** More than these are told as work, also where they are remembered. */
const QUEUES_AT_ONCE = 8
const MANDATORY = 1
const IMMEDIATE = 2

type Expecting = 'method' | 'header' | 'body'

export class Publishing {
  private expecting: Expecting = 'method'
  private readonly message = new Message()
  private readonly scan = new PropertiesScan()
  private readonly sizes: SizeHistogram
  private isMandatory = false
  private isImmediate = false
  private bodySize = 0
  private received = 0
  private readonly assembly = new BodyAssembly()
  confirms: Confirms | undefined
  transaction: Transaction | undefined
  private hasLeft = false

  constructor(
    private readonly channel: number,
    private readonly session: Session,
    private readonly replyTo: DirectReplyTo,
    private readonly tally: MessageTally,
    /** A publish was entered into `confirms`. */
    private readonly confirmDue: () => void,
  ) {
    this.sizes = session.vhost.around.counters.messageSizes
  }

  /** Whether a header or body frame must come before any other method. */
  get isBetweenFrames(): boolean {
    return this.expecting !== 'method'
  }

  /** A method came where the rest of a content was due. */
  interrupted(): UnexpectedFrame {
    if (this.expecting === 'header') return unexpectedInsteadOfHeader()
    return new UnexpectedFrame('expected content body, got non content body frame instead')
  }

  /** The arguments of basic.publish, `bytes[start, end)` behind class-id and method-id. */
  begin(bytes: Buffer, start: number, end: number): void {
    const exchange = start + 2 // reserved-1
    const routingKey = exchange + 1 + (bytes[exchange] ?? 0)
    const bits = routingKey + 1 + (bytes[routingKey] ?? 0)
    if (bits + 1 !== end)
      throw undecodable(new Undecodable('basic.publish'), MethodId.basicPublish, bytes, start, end)
    const message = this.message
    message.addressBytes = bytes
    message.addressStart = exchange
    message.addressEnd = bits
    message.record = undefined
    const flags = bytes[bits]!
    this.isMandatory = (flags & MANDATORY) !== 0
    this.isImmediate = (flags & IMMEDIATE) !== 0
    this.expecting = 'header'
  }

  header(bytes: Buffer, start: number, end: number): void {
    if (this.expecting !== 'header') throw unexpectedHeader(this.expecting)
    if ((bytes[start + 2]! | bytes[start + 3]!) !== 0) throw unexpectedInsteadOfHeader() // amqp: weight, "must be zero"
    const classId = (bytes[start]! << 8) | bytes[start + 1]!
    if (classId !== BASIC_CLASS) {
      throw new UnexpectedFrame(
        `expected content header for class ${BASIC_CLASS}, got one for class ${classId} instead`,
      )
    }
    const size = bytes.readUInt32BE(start + 4) * 0x100000000 + bytes.readUInt32BE(start + 8)
    if (size > BODY_BYTES_MAX) {
      throw new FrameError(`content body size ${size} exceeds maximum allowed size ${BODY_BYTES_MAX}`)
    }
    const properties = start + CONTENT_HEADER_BYTES
    this.scan.scan(bytes, properties, end)
    const message = this.message
    message.propertiesBytes = bytes
    message.propertiesStart = properties
    message.propertiesEnd = end
    message.persistent = this.scan.deliveryMode === PERSISTENT
    message.ttl = -1
    this.bodySize = size
    this.received = 0
    this.expecting = 'body'
    if (size === 0) this.take(NO_BODY, 0, 0)
  }

  bodyFrame(bytes: Buffer, start: number, end: number): void {
    if (this.expecting !== 'body') throw unexpectedBody(this.expecting)
    const length = end - start
    if (this.received === 0 && length === this.bodySize) {
      this.take(bytes, start, end)
      return
    }
    if (this.received + length > this.bodySize) {
      throw new FrameError('content body frame exceeds remaining content size')
    }
    const { message, assembly, bodySize } = this
    // RabbitMQ refuses what is too large only when it is complete
    if (bodySize <= this.session.maxMessageSize) this.assemble(bytes, start, end)
    this.received += length
    if (this.received < bodySize) return
    assembly.giveTo(message, bodySize)
    this.complete(message)
  }

  /** Enqueues an owned message at tx.commit and answers it. Returns the ticket that makes it safe. */
  publishCommitted(message: Message, queues: readonly Queue[], isMandatory: boolean): CommitTicket {
    this.tally.publish++
    const exchange = this.session.vhost.exchange(message.exchange)
    if (exchange !== undefined) countRouted(this.session.vhost.around.counters, exchange, queues, 1)
    if (isMandatory || queues.length === 0) this.answerUnroutable(message, queues, isMandatory, exchange)
    // Queues that were deleted since it was published are no place to keep it (RabbitMQ: nor is any declared since).
    return enqueueAll(
      message,
      queues.filter(queue => !queue.deleted),
    )
  }

  /** The channel leaves: the chunks and the body that a message came in must not live as long as it. */
  leave(): void {
    this.hasLeft = true
    this.message.letGo()
    this.assembly.letGo()
  }

  private take(bytes: Buffer, start: number, end: number): void {
    const message = this.message
    message.bodyBytes = bytes
    message.bodyStart = start
    message.bodyEnd = end
    this.complete(message)
  }

  private assemble(bytes: Buffer, start: number, end: number): void {
    const { alarms, peer } = this.session
    if (alarms.isRaised) peer.slowDown()
    this.assembly.add(this.message, this.bodySize, this.received, bytes, start, end, alarms.isRaised)
  }

  private complete(message: Message): void {
    this.expecting = 'method'
    this.publish(message)
    message.letGo()
  }

  private publish(message: Message): void {
    const { session, scan } = this
    if (this.isImmediate) throw new NotImplemented('immediate=true')
    if (this.bodySize > session.maxMessageSize) {
      const max = session.maxMessageSize
      throw new PreconditionFailed(`message size ${this.bodySize} is larger than configured max size ${max}`)
    }
    const route = session.routes.address(message)
    if (scan.replyToAt >= 0 && this.replyTo.address(message))
      scan.scan(message.propertiesBytes, message.propertiesStart, message.propertiesEnd)
    if (scan.userIdAt >= 0) checkUserId(message, session.user)
    if (scan.expirationAt >= 0) readExpiration(message, scan.expirationAt)
    message.marks = scan.hasCcOrBcc && hasBcc(message) ? Mark.blindCarbon : 0
    const queues = session.routes.queues(route, message, scan.hasCcOrBcc)
    if (session.routes.work > 0 || queues.length > QUEUES_AT_ONCE) this.worked(queues)
    this.sizes.observe(this.bodySize)
    const { firehose } = session.vhost
    if (firehose !== undefined) firehose.published(message, queues, session, this.channel)
    if (this.transaction !== undefined) {
      if (session.alarms.isRaised) session.peer.slowDown()
      this.transaction.addPublish(message, queues, this.isMandatory, this.notesOf(route, queues))
      return
    }
    this.tally.publish++
    if (queues === route.queues) route.published++
    else countRouted(session.vhost.around.counters, route.exchange, queues, 1)
    if (this.isMandatory || queues.length === 0)
      this.answerUnroutable(message, queues, this.isMandatory, route.exchange)
    const ticket = enqueueAll(message, queues)
    if (session.store.isBehind || session.alarms.isRaised) session.peer.slowDown()
    if (this.confirms === undefined) return
    if (ticket === REFUSED) withdrawAll(this.notesOf(route, queues))
    this.confirms.add(ticket, ticket === REFUSED)
    this.confirmDue()
  }

  /** What exchanges noted of a message that was routed just now, unless its route was remembered. */
  private notesOf(route: Route, queues: readonly Queue[]): readonly Note[] {
    return queues === route.queues ? NOTHING_NOTED : this.session.vhost.notes
  }

  /** A message for thousands of queues, or that is difficult to route, is the work of thousands of messages. */
  private worked(queues: readonly Queue[]): void {
    const { routes, peer } = this.session
    peer.worked(routes.work > 0 ? routes.work : copyingWork(queues))
    routes.work = 0
  }

  private isUnroutable(queues: readonly Queue[]): boolean {
    if (queues.length === 0) return true
    if (this.session.compat.mandatoryReply === 'delivered') return false
    return queues.every(queue => isReplyQueueName(queue.name))
  }

  /** Whoever wants to know hears of it; the others' is dropped. */
  private answerUnroutable(
    message: Message,
    queues: readonly Queue[],
    isMandatory: boolean,
    exchange: Route['exchange'] | undefined,
  ): void {
    if (isMandatory && this.isUnroutable(queues)) {
      this.tally.returnUnroutable++
      if (exchange !== undefined) exchange.tally.returnUnroutable++
      this.returnToSender(message)
    } else if (queues.length === 0) {
      this.tally.dropUnroutable++
      if (exchange !== undefined) exchange.tally.dropUnroutable++
    }
  }

  private returnToSender(message: Message): void {
    if (this.hasLeft) return // what it commits may go on
    const method = new BasicReturn(ReplyCode.noRoute, 'NO_ROUTE', message.exchange, message.routingKey)
    this.session.peer.sendContent(this.channel, method, shown(message))
  }
}

const NO_BODY = Buffer.alloc(0)

/** The ticket that makes all copies safe; REFUSED when one of the queues does not take it. */
function enqueueAll(message: Message, queues: readonly Queue[]): CommitTicket {
  let highest = NOTHING_TO_WAIT_FOR
  let isRefused = false
  for (let i = 0; i < queues.length; i++) {
    const ticket = queues[i]!.enqueue(message)
    if (ticket > highest) highest = ticket
    else if (ticket === REFUSED) isRefused = true
  }
  return isRefused ? REFUSED : highest
}

function unexpectedHeader(expecting: Expecting): UnexpectedFrame {
  if (expecting === 'body')
    return new UnexpectedFrame('expected content body, got non content body frame instead')
  return new UnexpectedFrame('expected method frame, got non method frame instead')
}

function unexpectedBody(expecting: Expecting): UnexpectedFrame {
  if (expecting === 'header') return unexpectedInsteadOfHeader()
  return new UnexpectedFrame('expected method frame, got non method frame instead')
}

function unexpectedInsteadOfHeader(): UnexpectedFrame {
  const text = `expected content header for class ${BASIC_CLASS}, got non content header frame instead`
  return new UnexpectedFrame(text)
}
