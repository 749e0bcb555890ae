/**
 * A client that lives in turns: it says what the plan has it say and checks what it hears, byte by byte, with a codec
 * that is not the broker's. One object for each connection.
 */
import type { createHash } from 'node:crypto'
import { encodeFrame, encodeHeader, encodeMethod } from '../../../conformance/support/codec'
import { type Frame, FrameReader, MethodAssembler } from '../../../conformance/support/frame-reader'
import type { Arrival, Content } from '../../../conformance/support/inbox'
import type { MethodFields, MethodName, Request } from '../../../conformance/support/methods'
import { handshake } from '../../support/in-process-clients'
import { needsOf } from '../model/needs'
import { Conversation, type SentMessage } from './conversation'
import { type ClientWatch, Hearing } from './hearing'
import type { Link } from './network'

export const FRAME_MAX = 131_072

export interface Login {
  readonly user: string
  readonly password: string
}

export class Client {
  isOpen = false
  isClosing = false
  isGone = false
  /** When it logged in, as `AccessModel` counts. */
  readonly since: number
  readonly conversations = new Map<number, Conversation>()
  link!: Link
  private readonly reader = new FrameReader()
  private readonly assemblers = new Map<number, MethodAssembler>()
  private readonly hearing: Hearing

  constructor(
    readonly port: number,
    readonly login: Login,
    private readonly watch: ClientWatch,
    private readonly digest: ReturnType<typeof createHash>,
  ) {
    this.since = watch.access.sequence
    this.hearing = new Hearing(watch, login.user, (conversation, method, fields) =>
      this.say(conversation.number, method, fields),
    )
  }

  open(): void {
    // Some promise to be heard of, and are not.
    this.link.send(handshake(this.port % 5 === 0 ? 30 : 0, this.login))
  }

  /** The channel, opened unless it is there; undefined while it is on its way out. */
  conversation(number: number): Conversation | undefined {
    if (this.isGone || this.isClosing) return undefined
    const known = this.conversations.get(number)
    if (known !== undefined) return known.state === 'open' ? known : undefined
    const conversation = new Conversation(number, this.port, this.watch.access.sequence)
    this.conversations.set(number, conversation)
    this.ask(conversation, 'channel.open', {})
    return conversation
  }

  /** Sends a request whose answer is waited for, in order, without stopping to talk. */
  ask<M extends Request>(
    conversation: Conversation,
    method: M,
    fields: Partial<MethodFields[M]>,
    replied?: (fields: unknown, content: Content | undefined) => void,
  ): void {
    if ((fields as { nowait?: boolean }).nowait !== true) {
      const needs = needsOf(method, fields, this.watch.version)
      const since = this.watch.access.sequence
      conversation.replies.push({ method, needs, since, ...(replied === undefined ? {} : { replied }) })
    }
    this.say(conversation.number, method, fields)
  }

  say<M extends MethodName>(channel: number, method: M, fields: Partial<MethodFields[M]>): void {
    this.send(encodeMethod(channel, method, fields))
  }

  publish(conversation: Conversation, message: SentMessage): void {
    const { exchange, routingKey, isMandatory, properties, body } = message
    const { number } = conversation
    const frames = [
      encodeMethod(number, 'basic.publish', { exchange, routingKey, mandatory: isMandatory }),
      encodeHeader(number, body.length, properties),
    ]
    for (let at = 0; at < body.length; at += FRAME_MAX - 8)
      frames.push(encodeFrame(3, number, body.subarray(at, at + FRAME_MAX - 8)))
    conversation.underWay.push(message)
    conversation.published++
    if (conversation.mode === 'confirm') conversation.unconfirmed.set(conversation.published, message)
    if (conversation.mode === 'tx') conversation.uncommitted.push(message)
    this.send(Buffer.concat(frames))
  }

  close(): void {
    this.isClosing = true
    this.say(0, 'connection.close', { replyCode: 200, replyText: 'bye', classId: 0, methodId: 0 })
  }

  received(bytes: Buffer): void {
    this.digest.update(bytes)
    try {
      for (const frame of this.reader.read(bytes)) this.heard(frame)
    } catch (error) {
      this.watch.findings.wrong(`a client could not read what it was sent: ${String(error)}`)
      this.link.destroy()
    }
  }

  ended(): void {
    this.isGone = true
    this.isOpen = false
    for (const conversation of this.conversations.values()) conversation.state = 'closed'
    this.conversations.clear()
  }

  private send(bytes: Buffer): void {
    this.digest.update(bytes)
    this.link.send(bytes)
  }

  private heard(frame: Frame): void {
    if (frame.type === 8) return
    let assembler = this.assemblers.get(frame.channel)
    if (assembler === undefined) {
      assembler = new MethodAssembler()
      this.assemblers.set(frame.channel, assembler)
    }
    const arrival = assembler.add(frame)
    if (arrival === undefined) return
    this.watch.findings.saw(`heard ${arrival.name}`)
    if (frame.channel === 0) this.heardOnZero(arrival)
    else this.heardOn(frame.channel, arrival)
  }

  private heardOnZero(arrival: Arrival): void {
    switch (arrival.name) {
      case 'connection.open-ok':
        this.isOpen = true
        this.watch.connectionOpened(this)
        return
      case 'connection.close': {
        const { replyCode, replyText } = arrival.fields
        this.watch.connectionClosed(this, replyCode, replyText)
        this.isClosing = true
        this.say(0, 'connection.close-ok', {})
        return
      }
      case 'connection.close-ok':
        this.link.endClient()
        return
      case 'connection.start':
      case 'connection.tune':
      case 'connection.blocked':
      case 'connection.unblocked':
        return
      default:
        this.watch.findings.wrong(`${arrival.name} came on channel 0`)
    }
  }

  private heardOn(number: number, arrival: Arrival): void {
    const conversation = this.conversations.get(number)
    if (conversation === undefined) {
      if (!this.isClosing)
        this.watch.findings.wrong(`${arrival.name} came on channel ${number}, which is closed`)
      return
    }
    this.hearing.heard(conversation, arrival)
    if (conversation.state === 'closed') this.conversations.delete(number)
  }
}
