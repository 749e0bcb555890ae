// GENERATED from protocol.ts by generate.ts: do not edit, run `node dist/amqp/generate.js`.
//
// The methods of AMQP 0-9-1 and RabbitMQ's extensions: one class each, which reads and writes its arguments. A method
// is known by one number, class-id << 16 | method-id. Knows nothing of frames and channels.
import { Undecodable, UnknownMethod, undecodable } from './errors'
import type { FieldTable } from './field-value'
import type { Reader } from './reader'
import type { Writer } from './writer'

export const MethodId = {
  connectionStart: 655370, // 10.10
  connectionStartOk: 655371, // 10.11
  connectionSecure: 655380, // 10.20
  connectionSecureOk: 655381, // 10.21
  connectionTune: 655390, // 10.30
  connectionTuneOk: 655391, // 10.31
  connectionOpen: 655400, // 10.40
  connectionOpenOk: 655401, // 10.41
  connectionClose: 655410, // 10.50
  connectionCloseOk: 655411, // 10.51
  connectionBlocked: 655420, // 10.60
  connectionUnblocked: 655421, // 10.61
  connectionUpdateSecret: 655430, // 10.70
  connectionUpdateSecretOk: 655431, // 10.71
  channelOpen: 1310730, // 20.10
  channelOpenOk: 1310731, // 20.11
  channelFlow: 1310740, // 20.20
  channelFlowOk: 1310741, // 20.21
  channelClose: 1310760, // 20.40
  channelCloseOk: 1310761, // 20.41
  accessRequest: 1966090, // 30.10
  accessRequestOk: 1966091, // 30.11
  exchangeDeclare: 2621450, // 40.10
  exchangeDeclareOk: 2621451, // 40.11
  exchangeDelete: 2621460, // 40.20
  exchangeDeleteOk: 2621461, // 40.21
  exchangeBind: 2621470, // 40.30
  exchangeBindOk: 2621471, // 40.31
  exchangeUnbind: 2621480, // 40.40
  exchangeUnbindOk: 2621491, // 40.51
  queueDeclare: 3276810, // 50.10
  queueDeclareOk: 3276811, // 50.11
  queueBind: 3276820, // 50.20
  queueBindOk: 3276821, // 50.21
  queuePurge: 3276830, // 50.30
  queuePurgeOk: 3276831, // 50.31
  queueDelete: 3276840, // 50.40
  queueDeleteOk: 3276841, // 50.41
  queueUnbind: 3276850, // 50.50
  queueUnbindOk: 3276851, // 50.51
  basicQos: 3932170, // 60.10
  basicQosOk: 3932171, // 60.11
  basicConsume: 3932180, // 60.20
  basicConsumeOk: 3932181, // 60.21
  basicCancel: 3932190, // 60.30
  basicCancelOk: 3932191, // 60.31
  basicPublish: 3932200, // 60.40
  basicReturn: 3932210, // 60.50
  basicDeliver: 3932220, // 60.60
  basicGet: 3932230, // 60.70
  basicGetOk: 3932231, // 60.71
  basicGetEmpty: 3932232, // 60.72
  basicAck: 3932240, // 60.80
  basicReject: 3932250, // 60.90
  basicRecoverAsync: 3932260, // 60.100
  basicRecover: 3932270, // 60.110
  basicRecoverOk: 3932271, // 60.111
  basicNack: 3932280, // 60.120
  confirmSelect: 5570570, // 85.10
  confirmSelectOk: 5570571, // 85.11
  txSelect: 5898250, // 90.10
  txSelectOk: 5898251, // 90.11
  txCommit: 5898260, // 90.20
  txCommitOk: 5898261, // 90.21
  txRollback: 5898270, // 90.30
  txRollbackOk: 5898271, // 90.31
} as const

/** connection.start */
export class ConnectionStart {
  readonly id = MethodId.connectionStart

  constructor(
    readonly versionMajor: number,
    readonly versionMinor: number,
    readonly serverProperties: FieldTable,
    readonly mechanisms: Buffer,
    readonly locales: Buffer,
  ) {}

  static read(r: Reader): ConnectionStart {
    const versionMajor = r.octet()
    const versionMinor = r.octet()
    const serverProperties = r.table()
    const mechanisms = r.longString()
    const locales = r.longString()
    return new ConnectionStart(versionMajor, versionMinor, serverProperties, mechanisms, locales)
  }

  write(w: Writer): void {
    w.long(MethodId.connectionStart)
    w.octet(this.versionMajor)
    w.octet(this.versionMinor)
    w.table(this.serverProperties)
    w.longString(this.mechanisms)
    w.longString(this.locales)
  }
}

/** connection.start-ok */
export class ConnectionStartOk {
  readonly id = MethodId.connectionStartOk

  constructor(
    readonly clientProperties: FieldTable,
    readonly mechanism: string,
    readonly response: Buffer,
    readonly locale: string,
  ) {}

  static read(r: Reader): ConnectionStartOk {
    const clientProperties = r.table()
    const mechanism = r.shortString()
    const response = r.longString()
    const locale = r.shortString()
    return new ConnectionStartOk(clientProperties, mechanism, response, locale)
  }

  write(w: Writer): void {
    w.long(MethodId.connectionStartOk)
    w.table(this.clientProperties)
    w.shortString(this.mechanism)
    w.longString(this.response)
    w.shortString(this.locale)
  }
}

/** connection.secure */
export class ConnectionSecure {
  readonly id = MethodId.connectionSecure

  constructor(
    readonly challenge: Buffer,
  ) {}

  static read(r: Reader): ConnectionSecure {
    const challenge = r.longString()
    return new ConnectionSecure(challenge)
  }

  write(w: Writer): void {
    w.long(MethodId.connectionSecure)
    w.longString(this.challenge)
  }
}

/** connection.secure-ok */
export class ConnectionSecureOk {
  readonly id = MethodId.connectionSecureOk

  constructor(
    readonly response: Buffer,
  ) {}

  static read(r: Reader): ConnectionSecureOk {
    const response = r.longString()
    return new ConnectionSecureOk(response)
  }

  write(w: Writer): void {
    w.long(MethodId.connectionSecureOk)
    w.longString(this.response)
  }
}

/** connection.tune */
export class ConnectionTune {
  readonly id = MethodId.connectionTune

  constructor(
    readonly channelMax: number,
    readonly frameMax: number,
    readonly heartbeat: number,
  ) {}

  static read(r: Reader): ConnectionTune {
    const channelMax = r.short()
    const frameMax = r.long()
    const heartbeat = r.short()
    return new ConnectionTune(channelMax, frameMax, heartbeat)
  }

  write(w: Writer): void {
    w.long(MethodId.connectionTune)
    w.short(this.channelMax)
    w.long(this.frameMax)
    w.short(this.heartbeat)
  }
}

/** connection.tune-ok */
export class ConnectionTuneOk {
  readonly id = MethodId.connectionTuneOk

  constructor(
    readonly channelMax: number,
    readonly frameMax: number,
    readonly heartbeat: number,
  ) {}

  static read(r: Reader): ConnectionTuneOk {
    const channelMax = r.short()
    const frameMax = r.long()
    const heartbeat = r.short()
    return new ConnectionTuneOk(channelMax, frameMax, heartbeat)
  }

  write(w: Writer): void {
    w.long(MethodId.connectionTuneOk)
    w.short(this.channelMax)
    w.long(this.frameMax)
    w.short(this.heartbeat)
  }
}

/** connection.open */
export class ConnectionOpen {
  readonly id = MethodId.connectionOpen

  constructor(
    readonly virtualHost: string,
  ) {}

  static read(r: Reader): ConnectionOpen {
    const virtualHost = r.shortString()
    r.skipShortString()
    r.skip(1)
    return new ConnectionOpen(virtualHost)
  }

  write(w: Writer): void {
    w.long(MethodId.connectionOpen)
    w.shortString(this.virtualHost)
    w.octet(0)
    w.octet(0)
  }
}

/** connection.open-ok */
export class ConnectionOpenOk {
  readonly id = MethodId.connectionOpenOk

  static read(r: Reader): ConnectionOpenOk {
    r.skipShortString()
    return new ConnectionOpenOk()
  }

  write(w: Writer): void {
    w.long(MethodId.connectionOpenOk)
    w.octet(0)
  }
}

/** connection.close */
export class ConnectionClose {
  readonly id = MethodId.connectionClose

  constructor(
    readonly replyCode: number,
    readonly replyText: string,
    readonly classId: number,
    readonly methodId: number,
  ) {}

  static read(r: Reader): ConnectionClose {
    const replyCode = r.short()
    const replyText = r.shortString()
    const classId = r.short()
    const methodId = r.short()
    return new ConnectionClose(replyCode, replyText, classId, methodId)
  }

  write(w: Writer): void {
    w.long(MethodId.connectionClose)
    w.short(this.replyCode)
    w.shortString(this.replyText)
    w.short(this.classId)
    w.short(this.methodId)
  }
}

/** connection.close-ok */
export class ConnectionCloseOk {
  readonly id = MethodId.connectionCloseOk

  static read(_r: Reader): ConnectionCloseOk {
    return new ConnectionCloseOk()
  }

  write(w: Writer): void {
    w.long(MethodId.connectionCloseOk)
  }
}

/** connection.blocked */
export class ConnectionBlocked {
  readonly id = MethodId.connectionBlocked

  constructor(
    readonly reason: string,
  ) {}

  static read(r: Reader): ConnectionBlocked {
    const reason = r.shortString()
    return new ConnectionBlocked(reason)
  }

  write(w: Writer): void {
    w.long(MethodId.connectionBlocked)
    w.shortString(this.reason)
  }
}

/** connection.unblocked */
export class ConnectionUnblocked {
  readonly id = MethodId.connectionUnblocked

  static read(_r: Reader): ConnectionUnblocked {
    return new ConnectionUnblocked()
  }

  write(w: Writer): void {
    w.long(MethodId.connectionUnblocked)
  }
}

/** connection.update-secret */
export class ConnectionUpdateSecret {
  readonly id = MethodId.connectionUpdateSecret

  constructor(
    readonly newSecret: Buffer,
    readonly reason: string,
  ) {}

  static read(r: Reader): ConnectionUpdateSecret {
    const newSecret = r.longString()
    const reason = r.shortString()
    return new ConnectionUpdateSecret(newSecret, reason)
  }

  write(w: Writer): void {
    w.long(MethodId.connectionUpdateSecret)
    w.longString(this.newSecret)
    w.shortString(this.reason)
  }
}

/** connection.update-secret-ok */
export class ConnectionUpdateSecretOk {
  readonly id = MethodId.connectionUpdateSecretOk

  static read(_r: Reader): ConnectionUpdateSecretOk {
    return new ConnectionUpdateSecretOk()
  }

  write(w: Writer): void {
    w.long(MethodId.connectionUpdateSecretOk)
  }
}

/** channel.open */
export class ChannelOpen {
  readonly id = MethodId.channelOpen

  static read(r: Reader): ChannelOpen {
    r.skipShortString()
    return new ChannelOpen()
  }

  write(w: Writer): void {
    w.long(MethodId.channelOpen)
    w.octet(0)
  }
}

/** channel.open-ok */
export class ChannelOpenOk {
  readonly id = MethodId.channelOpenOk

  static read(r: Reader): ChannelOpenOk {
    r.skipLongString()
    return new ChannelOpenOk()
  }

  write(w: Writer): void {
    w.long(MethodId.channelOpenOk)
    w.long(0)
  }
}

/** channel.flow */
export class ChannelFlow {
  readonly id = MethodId.channelFlow

  constructor(
    readonly active: boolean,
  ) {}

  static read(r: Reader): ChannelFlow {
    const bits = r.octet()
    const active = (bits & 1) !== 0
    return new ChannelFlow(active)
  }

  write(w: Writer): void {
    w.long(MethodId.channelFlow)
    w.octet((this.active ? 1 : 0))
  }
}

/** channel.flow-ok */
export class ChannelFlowOk {
  readonly id = MethodId.channelFlowOk

  constructor(
    readonly active: boolean,
  ) {}

  static read(r: Reader): ChannelFlowOk {
    const bits = r.octet()
    const active = (bits & 1) !== 0
    return new ChannelFlowOk(active)
  }

  write(w: Writer): void {
    w.long(MethodId.channelFlowOk)
    w.octet((this.active ? 1 : 0))
  }
}

/** channel.close */
export class ChannelClose {
  readonly id = MethodId.channelClose

  constructor(
    readonly replyCode: number,
    readonly replyText: string,
    readonly classId: number,
    readonly methodId: number,
  ) {}

  static read(r: Reader): ChannelClose {
    const replyCode = r.short()
    const replyText = r.shortString()
    const classId = r.short()
    const methodId = r.short()
    return new ChannelClose(replyCode, replyText, classId, methodId)
  }

  write(w: Writer): void {
    w.long(MethodId.channelClose)
    w.short(this.replyCode)
    w.shortString(this.replyText)
    w.short(this.classId)
    w.short(this.methodId)
  }
}

/** channel.close-ok */
export class ChannelCloseOk {
  readonly id = MethodId.channelCloseOk

  static read(_r: Reader): ChannelCloseOk {
    return new ChannelCloseOk()
  }

  write(w: Writer): void {
    w.long(MethodId.channelCloseOk)
  }
}

/** access.request */
export class AccessRequest {
  readonly id = MethodId.accessRequest

  constructor(
    readonly realm: string,
    readonly exclusive: boolean,
    readonly passive: boolean,
    readonly active: boolean,
    readonly writeAccess: boolean,
    readonly readAccess: boolean,
  ) {}

  static read(r: Reader): AccessRequest {
    const realm = r.shortString()
    const bits = r.octet()
    const exclusive = (bits & 1) !== 0
    const passive = (bits & 2) !== 0
    const active = (bits & 4) !== 0
    const writeAccess = (bits & 8) !== 0
    const readAccess = (bits & 16) !== 0
    return new AccessRequest(realm, exclusive, passive, active, writeAccess, readAccess)
  }

  write(w: Writer): void {
    w.long(MethodId.accessRequest)
    w.shortString(this.realm)
    w.octet((this.exclusive ? 1 : 0) | (this.passive ? 2 : 0) | (this.active ? 4 : 0) | (this.writeAccess ? 8 : 0) | (this.readAccess ? 16 : 0))
  }
}

/** access.request-ok */
export class AccessRequestOk {
  readonly id = MethodId.accessRequestOk

  constructor(
    readonly ticket: number,
  ) {}

  static read(r: Reader): AccessRequestOk {
    const ticket = r.short()
    return new AccessRequestOk(ticket)
  }

  write(w: Writer): void {
    w.long(MethodId.accessRequestOk)
    w.short(this.ticket)
  }
}

/** exchange.declare */
export class ExchangeDeclare {
  readonly id = MethodId.exchangeDeclare
  readonly arguments: FieldTable

  constructor(
    readonly exchange: string,
    readonly type: string,
    readonly passive: boolean,
    readonly durable: boolean,
    readonly autoDelete: boolean,
    readonly internal: boolean,
    readonly noWait: boolean,
    args: FieldTable,
  ) {
    this.arguments = args
  }

  static read(r: Reader): ExchangeDeclare {
    r.skip(2)
    const exchange = r.shortString()
    const type = r.shortString()
    const bits = r.octet()
    const passive = (bits & 1) !== 0
    const durable = (bits & 2) !== 0
    const autoDelete = (bits & 4) !== 0
    const internal = (bits & 8) !== 0
    const noWait = (bits & 16) !== 0
    const args = r.table()
    return new ExchangeDeclare(exchange, type, passive, durable, autoDelete, internal, noWait, args)
  }

  write(w: Writer): void {
    w.long(MethodId.exchangeDeclare)
    w.short(0)
    w.shortString(this.exchange)
    w.shortString(this.type)
    w.octet((this.passive ? 1 : 0) | (this.durable ? 2 : 0) | (this.autoDelete ? 4 : 0) | (this.internal ? 8 : 0) | (this.noWait ? 16 : 0))
    w.table(this.arguments)
  }
}

/** exchange.declare-ok */
export class ExchangeDeclareOk {
  readonly id = MethodId.exchangeDeclareOk

  static read(_r: Reader): ExchangeDeclareOk {
    return new ExchangeDeclareOk()
  }

  write(w: Writer): void {
    w.long(MethodId.exchangeDeclareOk)
  }
}

/** exchange.delete */
export class ExchangeDelete {
  readonly id = MethodId.exchangeDelete

  constructor(
    readonly exchange: string,
    readonly ifUnused: boolean,
    readonly noWait: boolean,
  ) {}

  static read(r: Reader): ExchangeDelete {
    r.skip(2)
    const exchange = r.shortString()
    const bits = r.octet()
    const ifUnused = (bits & 1) !== 0
    const noWait = (bits & 2) !== 0
    return new ExchangeDelete(exchange, ifUnused, noWait)
  }

  write(w: Writer): void {
    w.long(MethodId.exchangeDelete)
    w.short(0)
    w.shortString(this.exchange)
    w.octet((this.ifUnused ? 1 : 0) | (this.noWait ? 2 : 0))
  }
}

/** exchange.delete-ok */
export class ExchangeDeleteOk {
  readonly id = MethodId.exchangeDeleteOk

  static read(_r: Reader): ExchangeDeleteOk {
    return new ExchangeDeleteOk()
  }

  write(w: Writer): void {
    w.long(MethodId.exchangeDeleteOk)
  }
}

/** exchange.bind */
export class ExchangeBind {
  readonly id = MethodId.exchangeBind
  readonly arguments: FieldTable

  constructor(
    readonly destination: string,
    readonly source: string,
    readonly routingKey: string,
    readonly noWait: boolean,
    args: FieldTable,
  ) {
    this.arguments = args
  }

  static read(r: Reader): ExchangeBind {
    r.skip(2)
    const destination = r.shortString()
    const source = r.shortString()
    const routingKey = r.shortString()
    const bits = r.octet()
    const noWait = (bits & 1) !== 0
    const args = r.table()
    return new ExchangeBind(destination, source, routingKey, noWait, args)
  }

  write(w: Writer): void {
    w.long(MethodId.exchangeBind)
    w.short(0)
    w.shortString(this.destination)
    w.shortString(this.source)
    w.shortString(this.routingKey)
    w.octet((this.noWait ? 1 : 0))
    w.table(this.arguments)
  }
}

/** exchange.bind-ok */
export class ExchangeBindOk {
  readonly id = MethodId.exchangeBindOk

  static read(_r: Reader): ExchangeBindOk {
    return new ExchangeBindOk()
  }

  write(w: Writer): void {
    w.long(MethodId.exchangeBindOk)
  }
}

/** exchange.unbind */
export class ExchangeUnbind {
  readonly id = MethodId.exchangeUnbind
  readonly arguments: FieldTable

  constructor(
    readonly destination: string,
    readonly source: string,
    readonly routingKey: string,
    readonly noWait: boolean,
    args: FieldTable,
  ) {
    this.arguments = args
  }

  static read(r: Reader): ExchangeUnbind {
    r.skip(2)
    const destination = r.shortString()
    const source = r.shortString()
    const routingKey = r.shortString()
    const bits = r.octet()
    const noWait = (bits & 1) !== 0
    const args = r.table()
    return new ExchangeUnbind(destination, source, routingKey, noWait, args)
  }

  write(w: Writer): void {
    w.long(MethodId.exchangeUnbind)
    w.short(0)
    w.shortString(this.destination)
    w.shortString(this.source)
    w.shortString(this.routingKey)
    w.octet((this.noWait ? 1 : 0))
    w.table(this.arguments)
  }
}

/** exchange.unbind-ok */
export class ExchangeUnbindOk {
  readonly id = MethodId.exchangeUnbindOk

  static read(_r: Reader): ExchangeUnbindOk {
    return new ExchangeUnbindOk()
  }

  write(w: Writer): void {
    w.long(MethodId.exchangeUnbindOk)
  }
}

/** queue.declare */
export class QueueDeclare {
  readonly id = MethodId.queueDeclare
  readonly arguments: FieldTable

  constructor(
    readonly queue: string,
    readonly passive: boolean,
    readonly durable: boolean,
    readonly exclusive: boolean,
    readonly autoDelete: boolean,
    readonly noWait: boolean,
    args: FieldTable,
  ) {
    this.arguments = args
  }

  static read(r: Reader): QueueDeclare {
    r.skip(2)
    const queue = r.shortString()
    const bits = r.octet()
    const passive = (bits & 1) !== 0
    const durable = (bits & 2) !== 0
    const exclusive = (bits & 4) !== 0
    const autoDelete = (bits & 8) !== 0
    const noWait = (bits & 16) !== 0
    const args = r.table()
    return new QueueDeclare(queue, passive, durable, exclusive, autoDelete, noWait, args)
  }

  write(w: Writer): void {
    w.long(MethodId.queueDeclare)
    w.short(0)
    w.shortString(this.queue)
    w.octet((this.passive ? 1 : 0) | (this.durable ? 2 : 0) | (this.exclusive ? 4 : 0) | (this.autoDelete ? 8 : 0) | (this.noWait ? 16 : 0))
    w.table(this.arguments)
  }
}

/** queue.declare-ok */
export class QueueDeclareOk {
  readonly id = MethodId.queueDeclareOk

  constructor(
    readonly queue: string,
    readonly messageCount: number,
    readonly consumerCount: number,
  ) {}

  static read(r: Reader): QueueDeclareOk {
    const queue = r.shortString()
    const messageCount = r.long()
    const consumerCount = r.long()
    return new QueueDeclareOk(queue, messageCount, consumerCount)
  }

  write(w: Writer): void {
    w.long(MethodId.queueDeclareOk)
    w.shortString(this.queue)
    w.long(this.messageCount)
    w.long(this.consumerCount)
  }
}

/** queue.bind */
export class QueueBind {
  readonly id = MethodId.queueBind
  readonly arguments: FieldTable

  constructor(
    readonly queue: string,
    readonly exchange: string,
    readonly routingKey: string,
    readonly noWait: boolean,
    args: FieldTable,
  ) {
    this.arguments = args
  }

  static read(r: Reader): QueueBind {
    r.skip(2)
    const queue = r.shortString()
    const exchange = r.shortString()
    const routingKey = r.shortString()
    const bits = r.octet()
    const noWait = (bits & 1) !== 0
    const args = r.table()
    return new QueueBind(queue, exchange, routingKey, noWait, args)
  }

  write(w: Writer): void {
    w.long(MethodId.queueBind)
    w.short(0)
    w.shortString(this.queue)
    w.shortString(this.exchange)
    w.shortString(this.routingKey)
    w.octet((this.noWait ? 1 : 0))
    w.table(this.arguments)
  }
}

/** queue.bind-ok */
export class QueueBindOk {
  readonly id = MethodId.queueBindOk

  static read(_r: Reader): QueueBindOk {
    return new QueueBindOk()
  }

  write(w: Writer): void {
    w.long(MethodId.queueBindOk)
  }
}

/** queue.purge */
export class QueuePurge {
  readonly id = MethodId.queuePurge

  constructor(
    readonly queue: string,
    readonly noWait: boolean,
  ) {}

  static read(r: Reader): QueuePurge {
    r.skip(2)
    const queue = r.shortString()
    const bits = r.octet()
    const noWait = (bits & 1) !== 0
    return new QueuePurge(queue, noWait)
  }

  write(w: Writer): void {
    w.long(MethodId.queuePurge)
    w.short(0)
    w.shortString(this.queue)
    w.octet((this.noWait ? 1 : 0))
  }
}

/** queue.purge-ok */
export class QueuePurgeOk {
  readonly id = MethodId.queuePurgeOk

  constructor(
    readonly messageCount: number,
  ) {}

  static read(r: Reader): QueuePurgeOk {
    const messageCount = r.long()
    return new QueuePurgeOk(messageCount)
  }

  write(w: Writer): void {
    w.long(MethodId.queuePurgeOk)
    w.long(this.messageCount)
  }
}

/** queue.delete */
export class QueueDelete {
  readonly id = MethodId.queueDelete

  constructor(
    readonly queue: string,
    readonly ifUnused: boolean,
    readonly ifEmpty: boolean,
    readonly noWait: boolean,
  ) {}

  static read(r: Reader): QueueDelete {
    r.skip(2)
    const queue = r.shortString()
    const bits = r.octet()
    const ifUnused = (bits & 1) !== 0
    const ifEmpty = (bits & 2) !== 0
    const noWait = (bits & 4) !== 0
    return new QueueDelete(queue, ifUnused, ifEmpty, noWait)
  }

  write(w: Writer): void {
    w.long(MethodId.queueDelete)
    w.short(0)
    w.shortString(this.queue)
    w.octet((this.ifUnused ? 1 : 0) | (this.ifEmpty ? 2 : 0) | (this.noWait ? 4 : 0))
  }
}

/** queue.delete-ok */
export class QueueDeleteOk {
  readonly id = MethodId.queueDeleteOk

  constructor(
    readonly messageCount: number,
  ) {}

  static read(r: Reader): QueueDeleteOk {
    const messageCount = r.long()
    return new QueueDeleteOk(messageCount)
  }

  write(w: Writer): void {
    w.long(MethodId.queueDeleteOk)
    w.long(this.messageCount)
  }
}

/** queue.unbind */
export class QueueUnbind {
  readonly id = MethodId.queueUnbind
  readonly arguments: FieldTable

  constructor(
    readonly queue: string,
    readonly exchange: string,
    readonly routingKey: string,
    args: FieldTable,
  ) {
    this.arguments = args
  }

  static read(r: Reader): QueueUnbind {
    r.skip(2)
    const queue = r.shortString()
    const exchange = r.shortString()
    const routingKey = r.shortString()
    const args = r.table()
    return new QueueUnbind(queue, exchange, routingKey, args)
  }

  write(w: Writer): void {
    w.long(MethodId.queueUnbind)
    w.short(0)
    w.shortString(this.queue)
    w.shortString(this.exchange)
    w.shortString(this.routingKey)
    w.table(this.arguments)
  }
}

/** queue.unbind-ok */
export class QueueUnbindOk {
  readonly id = MethodId.queueUnbindOk

  static read(_r: Reader): QueueUnbindOk {
    return new QueueUnbindOk()
  }

  write(w: Writer): void {
    w.long(MethodId.queueUnbindOk)
  }
}

/** basic.qos */
export class BasicQos {
  readonly id = MethodId.basicQos

  constructor(
    readonly prefetchSize: number,
    readonly prefetchCount: number,
    readonly global: boolean,
  ) {}

  static read(r: Reader): BasicQos {
    const prefetchSize = r.long()
    const prefetchCount = r.short()
    const bits = r.octet()
    const global = (bits & 1) !== 0
    return new BasicQos(prefetchSize, prefetchCount, global)
  }

  write(w: Writer): void {
    w.long(MethodId.basicQos)
    w.long(this.prefetchSize)
    w.short(this.prefetchCount)
    w.octet((this.global ? 1 : 0))
  }
}

/** basic.qos-ok */
export class BasicQosOk {
  readonly id = MethodId.basicQosOk

  static read(_r: Reader): BasicQosOk {
    return new BasicQosOk()
  }

  write(w: Writer): void {
    w.long(MethodId.basicQosOk)
  }
}

/** basic.consume */
export class BasicConsume {
  readonly id = MethodId.basicConsume
  readonly arguments: FieldTable

  constructor(
    readonly queue: string,
    readonly consumerTag: string,
    readonly noLocal: boolean,
    readonly noAck: boolean,
    readonly exclusive: boolean,
    readonly noWait: boolean,
    args: FieldTable,
  ) {
    this.arguments = args
  }

  static read(r: Reader): BasicConsume {
    r.skip(2)
    const queue = r.shortString()
    const consumerTag = r.shortString()
    const bits = r.octet()
    const noLocal = (bits & 1) !== 0
    const noAck = (bits & 2) !== 0
    const exclusive = (bits & 4) !== 0
    const noWait = (bits & 8) !== 0
    const args = r.table()
    return new BasicConsume(queue, consumerTag, noLocal, noAck, exclusive, noWait, args)
  }

  write(w: Writer): void {
    w.long(MethodId.basicConsume)
    w.short(0)
    w.shortString(this.queue)
    w.shortString(this.consumerTag)
    w.octet((this.noLocal ? 1 : 0) | (this.noAck ? 2 : 0) | (this.exclusive ? 4 : 0) | (this.noWait ? 8 : 0))
    w.table(this.arguments)
  }
}

/** basic.consume-ok */
export class BasicConsumeOk {
  readonly id = MethodId.basicConsumeOk

  constructor(
    readonly consumerTag: string,
  ) {}

  static read(r: Reader): BasicConsumeOk {
    const consumerTag = r.shortString()
    return new BasicConsumeOk(consumerTag)
  }

  write(w: Writer): void {
    w.long(MethodId.basicConsumeOk)
    w.shortString(this.consumerTag)
  }
}

/** basic.cancel */
export class BasicCancel {
  readonly id = MethodId.basicCancel

  constructor(
    readonly consumerTag: string,
    readonly noWait: boolean,
  ) {}

  static read(r: Reader): BasicCancel {
    const consumerTag = r.shortString()
    const bits = r.octet()
    const noWait = (bits & 1) !== 0
    return new BasicCancel(consumerTag, noWait)
  }

  write(w: Writer): void {
    w.long(MethodId.basicCancel)
    w.shortString(this.consumerTag)
    w.octet((this.noWait ? 1 : 0))
  }
}

/** basic.cancel-ok */
export class BasicCancelOk {
  readonly id = MethodId.basicCancelOk

  constructor(
    readonly consumerTag: string,
  ) {}

  static read(r: Reader): BasicCancelOk {
    const consumerTag = r.shortString()
    return new BasicCancelOk(consumerTag)
  }

  write(w: Writer): void {
    w.long(MethodId.basicCancelOk)
    w.shortString(this.consumerTag)
  }
}

/** basic.publish */
export class BasicPublish {
  readonly id = MethodId.basicPublish

  constructor(
    readonly exchange: string,
    readonly routingKey: string,
    readonly mandatory: boolean,
    readonly immediate: boolean,
  ) {}

  static read(r: Reader): BasicPublish {
    r.skip(2)
    const exchange = r.shortString()
    const routingKey = r.shortString()
    const bits = r.octet()
    const mandatory = (bits & 1) !== 0
    const immediate = (bits & 2) !== 0
    return new BasicPublish(exchange, routingKey, mandatory, immediate)
  }

  write(w: Writer): void {
    w.long(MethodId.basicPublish)
    w.short(0)
    w.shortString(this.exchange)
    w.shortString(this.routingKey)
    w.octet((this.mandatory ? 1 : 0) | (this.immediate ? 2 : 0))
  }
}

/** basic.return */
export class BasicReturn {
  readonly id = MethodId.basicReturn

  constructor(
    readonly replyCode: number,
    readonly replyText: string,
    readonly exchange: string,
    readonly routingKey: string,
  ) {}

  static read(r: Reader): BasicReturn {
    const replyCode = r.short()
    const replyText = r.shortString()
    const exchange = r.shortString()
    const routingKey = r.shortString()
    return new BasicReturn(replyCode, replyText, exchange, routingKey)
  }

  write(w: Writer): void {
    w.long(MethodId.basicReturn)
    w.short(this.replyCode)
    w.shortString(this.replyText)
    w.shortString(this.exchange)
    w.shortString(this.routingKey)
  }
}

/** basic.deliver */
export class BasicDeliver {
  readonly id = MethodId.basicDeliver

  constructor(
    readonly consumerTag: string,
    readonly deliveryTag: number,
    readonly redelivered: boolean,
    readonly exchange: string,
    readonly routingKey: string,
  ) {}

  static read(r: Reader): BasicDeliver {
    const consumerTag = r.shortString()
    const deliveryTag = r.longlong()
    const bits = r.octet()
    const redelivered = (bits & 1) !== 0
    const exchange = r.shortString()
    const routingKey = r.shortString()
    return new BasicDeliver(consumerTag, deliveryTag, redelivered, exchange, routingKey)
  }

  write(w: Writer): void {
    w.long(MethodId.basicDeliver)
    w.shortString(this.consumerTag)
    w.longlong(this.deliveryTag)
    w.octet((this.redelivered ? 1 : 0))
    w.shortString(this.exchange)
    w.shortString(this.routingKey)
  }
}

/** basic.get */
export class BasicGet {
  readonly id = MethodId.basicGet

  constructor(
    readonly queue: string,
    readonly noAck: boolean,
  ) {}

  static read(r: Reader): BasicGet {
    r.skip(2)
    const queue = r.shortString()
    const bits = r.octet()
    const noAck = (bits & 1) !== 0
    return new BasicGet(queue, noAck)
  }

  write(w: Writer): void {
    w.long(MethodId.basicGet)
    w.short(0)
    w.shortString(this.queue)
    w.octet((this.noAck ? 1 : 0))
  }
}

/** basic.get-ok */
export class BasicGetOk {
  readonly id = MethodId.basicGetOk

  constructor(
    readonly deliveryTag: number,
    readonly redelivered: boolean,
    readonly exchange: string,
    readonly routingKey: string,
    readonly messageCount: number,
  ) {}

  static read(r: Reader): BasicGetOk {
    const deliveryTag = r.longlong()
    const bits = r.octet()
    const redelivered = (bits & 1) !== 0
    const exchange = r.shortString()
    const routingKey = r.shortString()
    const messageCount = r.long()
    return new BasicGetOk(deliveryTag, redelivered, exchange, routingKey, messageCount)
  }

  write(w: Writer): void {
    w.long(MethodId.basicGetOk)
    w.longlong(this.deliveryTag)
    w.octet((this.redelivered ? 1 : 0))
    w.shortString(this.exchange)
    w.shortString(this.routingKey)
    w.long(this.messageCount)
  }
}

/** basic.get-empty */
export class BasicGetEmpty {
  readonly id = MethodId.basicGetEmpty

  static read(r: Reader): BasicGetEmpty {
    r.skipShortString()
    return new BasicGetEmpty()
  }

  write(w: Writer): void {
    w.long(MethodId.basicGetEmpty)
    w.octet(0)
  }
}

/** basic.ack */
export class BasicAck {
  readonly id = MethodId.basicAck

  constructor(
    readonly deliveryTag: number,
    readonly multiple: boolean,
  ) {}

  static read(r: Reader): BasicAck {
    const deliveryTag = r.longlong()
    const bits = r.octet()
    const multiple = (bits & 1) !== 0
    return new BasicAck(deliveryTag, multiple)
  }

  write(w: Writer): void {
    w.long(MethodId.basicAck)
    w.longlong(this.deliveryTag)
    w.octet((this.multiple ? 1 : 0))
  }
}

/** basic.reject */
export class BasicReject {
  readonly id = MethodId.basicReject

  constructor(
    readonly deliveryTag: number,
    readonly requeue: boolean,
  ) {}

  static read(r: Reader): BasicReject {
    const deliveryTag = r.longlong()
    const bits = r.octet()
    const requeue = (bits & 1) !== 0
    return new BasicReject(deliveryTag, requeue)
  }

  write(w: Writer): void {
    w.long(MethodId.basicReject)
    w.longlong(this.deliveryTag)
    w.octet((this.requeue ? 1 : 0))
  }
}

/** basic.recover-async */
export class BasicRecoverAsync {
  readonly id = MethodId.basicRecoverAsync

  constructor(
    readonly requeue: boolean,
  ) {}

  static read(r: Reader): BasicRecoverAsync {
    const bits = r.octet()
    const requeue = (bits & 1) !== 0
    return new BasicRecoverAsync(requeue)
  }

  write(w: Writer): void {
    w.long(MethodId.basicRecoverAsync)
    w.octet((this.requeue ? 1 : 0))
  }
}

/** basic.recover */
export class BasicRecover {
  readonly id = MethodId.basicRecover

  constructor(
    readonly requeue: boolean,
  ) {}

  static read(r: Reader): BasicRecover {
    const bits = r.octet()
    const requeue = (bits & 1) !== 0
    return new BasicRecover(requeue)
  }

  write(w: Writer): void {
    w.long(MethodId.basicRecover)
    w.octet((this.requeue ? 1 : 0))
  }
}

/** basic.recover-ok */
export class BasicRecoverOk {
  readonly id = MethodId.basicRecoverOk

  static read(_r: Reader): BasicRecoverOk {
    return new BasicRecoverOk()
  }

  write(w: Writer): void {
    w.long(MethodId.basicRecoverOk)
  }
}

/** basic.nack */
export class BasicNack {
  readonly id = MethodId.basicNack

  constructor(
    readonly deliveryTag: number,
    readonly multiple: boolean,
    readonly requeue: boolean,
  ) {}

  static read(r: Reader): BasicNack {
    const deliveryTag = r.longlong()
    const bits = r.octet()
    const multiple = (bits & 1) !== 0
    const requeue = (bits & 2) !== 0
    return new BasicNack(deliveryTag, multiple, requeue)
  }

  write(w: Writer): void {
    w.long(MethodId.basicNack)
    w.longlong(this.deliveryTag)
    w.octet((this.multiple ? 1 : 0) | (this.requeue ? 2 : 0))
  }
}

/** confirm.select */
export class ConfirmSelect {
  readonly id = MethodId.confirmSelect

  constructor(
    readonly noWait: boolean,
  ) {}

  static read(r: Reader): ConfirmSelect {
    const bits = r.octet()
    const noWait = (bits & 1) !== 0
    return new ConfirmSelect(noWait)
  }

  write(w: Writer): void {
    w.long(MethodId.confirmSelect)
    w.octet((this.noWait ? 1 : 0))
  }
}

/** confirm.select-ok */
export class ConfirmSelectOk {
  readonly id = MethodId.confirmSelectOk

  static read(_r: Reader): ConfirmSelectOk {
    return new ConfirmSelectOk()
  }

  write(w: Writer): void {
    w.long(MethodId.confirmSelectOk)
  }
}

/** tx.select */
export class TxSelect {
  readonly id = MethodId.txSelect

  static read(_r: Reader): TxSelect {
    return new TxSelect()
  }

  write(w: Writer): void {
    w.long(MethodId.txSelect)
  }
}

/** tx.select-ok */
export class TxSelectOk {
  readonly id = MethodId.txSelectOk

  static read(_r: Reader): TxSelectOk {
    return new TxSelectOk()
  }

  write(w: Writer): void {
    w.long(MethodId.txSelectOk)
  }
}

/** tx.commit */
export class TxCommit {
  readonly id = MethodId.txCommit

  static read(_r: Reader): TxCommit {
    return new TxCommit()
  }

  write(w: Writer): void {
    w.long(MethodId.txCommit)
  }
}

/** tx.commit-ok */
export class TxCommitOk {
  readonly id = MethodId.txCommitOk

  static read(_r: Reader): TxCommitOk {
    return new TxCommitOk()
  }

  write(w: Writer): void {
    w.long(MethodId.txCommitOk)
  }
}

/** tx.rollback */
export class TxRollback {
  readonly id = MethodId.txRollback

  static read(_r: Reader): TxRollback {
    return new TxRollback()
  }

  write(w: Writer): void {
    w.long(MethodId.txRollback)
  }
}

/** tx.rollback-ok */
export class TxRollbackOk {
  readonly id = MethodId.txRollbackOk

  static read(_r: Reader): TxRollbackOk {
    return new TxRollbackOk()
  }

  write(w: Writer): void {
    w.long(MethodId.txRollbackOk)
  }
}

/** What a client may send. */
export type ClientMethod =
  | ConnectionStartOk
  | ConnectionSecureOk
  | ConnectionTuneOk
  | ConnectionOpen
  | ConnectionClose
  | ConnectionCloseOk
  | ConnectionUpdateSecret
  | ChannelOpen
  | ChannelFlow
  | ChannelFlowOk
  | ChannelClose
  | ChannelCloseOk
  | AccessRequest
  | ExchangeDeclare
  | ExchangeDelete
  | ExchangeBind
  | ExchangeUnbind
  | QueueDeclare
  | QueueBind
  | QueuePurge
  | QueueDelete
  | QueueUnbind
  | BasicQos
  | BasicConsume
  | BasicCancel
  | BasicCancelOk
  | BasicPublish
  | BasicGet
  | BasicAck
  | BasicReject
  | BasicRecoverAsync
  | BasicRecover
  | BasicNack
  | ConfirmSelect
  | TxSelect
  | TxCommit
  | TxRollback

/** What a server may send. */
export type ServerMethod =
  | ConnectionStart
  | ConnectionSecure
  | ConnectionTune
  | ConnectionOpenOk
  | ConnectionClose
  | ConnectionCloseOk
  | ConnectionBlocked
  | ConnectionUnblocked
  | ConnectionUpdateSecretOk
  | ChannelOpenOk
  | ChannelFlow
  | ChannelFlowOk
  | ChannelClose
  | ChannelCloseOk
  | AccessRequestOk
  | ExchangeDeclareOk
  | ExchangeDeleteOk
  | ExchangeBindOk
  | ExchangeUnbindOk
  | QueueDeclareOk
  | QueueBindOk
  | QueuePurgeOk
  | QueueDeleteOk
  | QueueUnbindOk
  | BasicQosOk
  | BasicConsumeOk
  | BasicCancel
  | BasicCancelOk
  | BasicReturn
  | BasicDeliver
  | BasicGetOk
  | BasicGetEmpty
  | BasicAck
  | BasicRecoverOk
  | BasicNack
  | ConfirmSelectOk
  | TxSelectOk
  | TxCommitOk
  | TxRollbackOk

export type Method = ClientMethod | ServerMethod

/**
 * The method in a method frame's payload: class-id, method-id, arguments.
 * Throws `UnknownMethod`, or `FrameError` for arguments that cannot be decoded.
 */
export function readMethod(r: Reader): Method {
  const id = r.long()
  const start = r.offset
  const end = r.end // a table moves the reader's while it is read
  try {
    const method = readArguments(id, r)
    if (r.offset !== end) throw new Undecodable('octets left')
    return method
  } catch (error) {
    throw undecodable(error, id, r.bytes, start, end)
  }
}

function readArguments(id: number, r: Reader): Method {
  switch (id) {
    case 655370:
      return ConnectionStart.read(r)
    case 655371:
      return ConnectionStartOk.read(r)
    case 655380:
      return ConnectionSecure.read(r)
    case 655381:
      return ConnectionSecureOk.read(r)
    case 655390:
      return ConnectionTune.read(r)
    case 655391:
      return ConnectionTuneOk.read(r)
    case 655400:
      return ConnectionOpen.read(r)
    case 655401:
      return ConnectionOpenOk.read(r)
    case 655410:
      return ConnectionClose.read(r)
    case 655411:
      return ConnectionCloseOk.read(r)
    case 655420:
      return ConnectionBlocked.read(r)
    case 655421:
      return ConnectionUnblocked.read(r)
    case 655430:
      return ConnectionUpdateSecret.read(r)
    case 655431:
      return ConnectionUpdateSecretOk.read(r)
    case 1310730:
      return ChannelOpen.read(r)
    case 1310731:
      return ChannelOpenOk.read(r)
    case 1310740:
      return ChannelFlow.read(r)
    case 1310741:
      return ChannelFlowOk.read(r)
    case 1310760:
      return ChannelClose.read(r)
    case 1310761:
      return ChannelCloseOk.read(r)
    case 1966090:
      return AccessRequest.read(r)
    case 1966091:
      return AccessRequestOk.read(r)
    case 2621450:
      return ExchangeDeclare.read(r)
    case 2621451:
      return ExchangeDeclareOk.read(r)
    case 2621460:
      return ExchangeDelete.read(r)
    case 2621461:
      return ExchangeDeleteOk.read(r)
    case 2621470:
      return ExchangeBind.read(r)
    case 2621471:
      return ExchangeBindOk.read(r)
    case 2621480:
      return ExchangeUnbind.read(r)
    case 2621491:
      return ExchangeUnbindOk.read(r)
    case 3276810:
      return QueueDeclare.read(r)
    case 3276811:
      return QueueDeclareOk.read(r)
    case 3276820:
      return QueueBind.read(r)
    case 3276821:
      return QueueBindOk.read(r)
    case 3276830:
      return QueuePurge.read(r)
    case 3276831:
      return QueuePurgeOk.read(r)
    case 3276840:
      return QueueDelete.read(r)
    case 3276841:
      return QueueDeleteOk.read(r)
    case 3276850:
      return QueueUnbind.read(r)
    case 3276851:
      return QueueUnbindOk.read(r)
    case 3932170:
      return BasicQos.read(r)
    case 3932171:
      return BasicQosOk.read(r)
    case 3932180:
      return BasicConsume.read(r)
    case 3932181:
      return BasicConsumeOk.read(r)
    case 3932190:
      return BasicCancel.read(r)
    case 3932191:
      return BasicCancelOk.read(r)
    case 3932200:
      return BasicPublish.read(r)
    case 3932210:
      return BasicReturn.read(r)
    case 3932220:
      return BasicDeliver.read(r)
    case 3932230:
      return BasicGet.read(r)
    case 3932231:
      return BasicGetOk.read(r)
    case 3932232:
      return BasicGetEmpty.read(r)
    case 3932240:
      return BasicAck.read(r)
    case 3932250:
      return BasicReject.read(r)
    case 3932260:
      return BasicRecoverAsync.read(r)
    case 3932270:
      return BasicRecover.read(r)
    case 3932271:
      return BasicRecoverOk.read(r)
    case 3932280:
      return BasicNack.read(r)
    case 5570570:
      return ConfirmSelect.read(r)
    case 5570571:
      return ConfirmSelectOk.read(r)
    case 5898250:
      return TxSelect.read(r)
    case 5898251:
      return TxSelectOk.read(r)
    case 5898260:
      return TxCommit.read(r)
    case 5898261:
      return TxCommitOk.read(r)
    case 5898270:
      return TxRollback.read(r)
    case 5898271:
      return TxRollbackOk.read(r)
    default:
      throw new UnknownMethod(id)
  }
}

/** `queue.declare`; an id that is no method's gives its two numbers, `60.99`. */
export function methodName(id: number): string {
  switch (id) {
    case MethodId.connectionStart:
      return 'connection.start'
    case MethodId.connectionStartOk:
      return 'connection.start-ok'
    case MethodId.connectionSecure:
      return 'connection.secure'
    case MethodId.connectionSecureOk:
      return 'connection.secure-ok'
    case MethodId.connectionTune:
      return 'connection.tune'
    case MethodId.connectionTuneOk:
      return 'connection.tune-ok'
    case MethodId.connectionOpen:
      return 'connection.open'
    case MethodId.connectionOpenOk:
      return 'connection.open-ok'
    case MethodId.connectionClose:
      return 'connection.close'
    case MethodId.connectionCloseOk:
      return 'connection.close-ok'
    case MethodId.connectionBlocked:
      return 'connection.blocked'
    case MethodId.connectionUnblocked:
      return 'connection.unblocked'
    case MethodId.connectionUpdateSecret:
      return 'connection.update-secret'
    case MethodId.connectionUpdateSecretOk:
      return 'connection.update-secret-ok'
    case MethodId.channelOpen:
      return 'channel.open'
    case MethodId.channelOpenOk:
      return 'channel.open-ok'
    case MethodId.channelFlow:
      return 'channel.flow'
    case MethodId.channelFlowOk:
      return 'channel.flow-ok'
    case MethodId.channelClose:
      return 'channel.close'
    case MethodId.channelCloseOk:
      return 'channel.close-ok'
    case MethodId.accessRequest:
      return 'access.request'
    case MethodId.accessRequestOk:
      return 'access.request-ok'
    case MethodId.exchangeDeclare:
      return 'exchange.declare'
    case MethodId.exchangeDeclareOk:
      return 'exchange.declare-ok'
    case MethodId.exchangeDelete:
      return 'exchange.delete'
    case MethodId.exchangeDeleteOk:
      return 'exchange.delete-ok'
    case MethodId.exchangeBind:
      return 'exchange.bind'
    case MethodId.exchangeBindOk:
      return 'exchange.bind-ok'
    case MethodId.exchangeUnbind:
      return 'exchange.unbind'
    case MethodId.exchangeUnbindOk:
      return 'exchange.unbind-ok'
    case MethodId.queueDeclare:
      return 'queue.declare'
    case MethodId.queueDeclareOk:
      return 'queue.declare-ok'
    case MethodId.queueBind:
      return 'queue.bind'
    case MethodId.queueBindOk:
      return 'queue.bind-ok'
    case MethodId.queuePurge:
      return 'queue.purge'
    case MethodId.queuePurgeOk:
      return 'queue.purge-ok'
    case MethodId.queueDelete:
      return 'queue.delete'
    case MethodId.queueDeleteOk:
      return 'queue.delete-ok'
    case MethodId.queueUnbind:
      return 'queue.unbind'
    case MethodId.queueUnbindOk:
      return 'queue.unbind-ok'
    case MethodId.basicQos:
      return 'basic.qos'
    case MethodId.basicQosOk:
      return 'basic.qos-ok'
    case MethodId.basicConsume:
      return 'basic.consume'
    case MethodId.basicConsumeOk:
      return 'basic.consume-ok'
    case MethodId.basicCancel:
      return 'basic.cancel'
    case MethodId.basicCancelOk:
      return 'basic.cancel-ok'
    case MethodId.basicPublish:
      return 'basic.publish'
    case MethodId.basicReturn:
      return 'basic.return'
    case MethodId.basicDeliver:
      return 'basic.deliver'
    case MethodId.basicGet:
      return 'basic.get'
    case MethodId.basicGetOk:
      return 'basic.get-ok'
    case MethodId.basicGetEmpty:
      return 'basic.get-empty'
    case MethodId.basicAck:
      return 'basic.ack'
    case MethodId.basicReject:
      return 'basic.reject'
    case MethodId.basicRecoverAsync:
      return 'basic.recover-async'
    case MethodId.basicRecover:
      return 'basic.recover'
    case MethodId.basicRecoverOk:
      return 'basic.recover-ok'
    case MethodId.basicNack:
      return 'basic.nack'
    case MethodId.confirmSelect:
      return 'confirm.select'
    case MethodId.confirmSelectOk:
      return 'confirm.select-ok'
    case MethodId.txSelect:
      return 'tx.select'
    case MethodId.txSelectOk:
      return 'tx.select-ok'
    case MethodId.txCommit:
      return 'tx.commit'
    case MethodId.txCommitOk:
      return 'tx.commit-ok'
    case MethodId.txRollback:
      return 'tx.rollback'
    case MethodId.txRollbackOk:
      return 'tx.rollback-ok'
    default:
      return `${id >>> 16}.${id & 0xffff}`
  }
}

/** Whether a content header frame and body frames follow the method. */
export function carriesContent(id: number): boolean {
  return id === MethodId.basicPublish || id === MethodId.basicReturn || id === MethodId.basicDeliver || id === MethodId.basicGetOk
}

/** Whether only a server may send the method: from a client it is an error (503 `unimplemented method`). */
export function isServerMethodOnly(id: number): boolean {
  switch (id) {
    case MethodId.connectionStart:
    case MethodId.connectionSecure:
    case MethodId.connectionTune:
    case MethodId.connectionOpenOk:
    case MethodId.connectionBlocked:
    case MethodId.connectionUnblocked:
    case MethodId.connectionUpdateSecretOk:
    case MethodId.channelOpenOk:
    case MethodId.accessRequestOk:
    case MethodId.exchangeDeclareOk:
    case MethodId.exchangeDeleteOk:
    case MethodId.exchangeBindOk:
    case MethodId.exchangeUnbindOk:
    case MethodId.queueDeclareOk:
    case MethodId.queueBindOk:
    case MethodId.queuePurgeOk:
    case MethodId.queueDeleteOk:
    case MethodId.queueUnbindOk:
    case MethodId.basicQosOk:
    case MethodId.basicConsumeOk:
    case MethodId.basicReturn:
    case MethodId.basicDeliver:
    case MethodId.basicGetOk:
    case MethodId.basicGetEmpty:
    case MethodId.basicRecoverOk:
    case MethodId.confirmSelectOk:
    case MethodId.txSelectOk:
    case MethodId.txCommitOk:
    case MethodId.txRollbackOk:
      return true
    default:
      return false
  }
}
