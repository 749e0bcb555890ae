/** Methods on channel 0: the handshake while it lasts, then the end of the connection, which either side may begin. */
import { AmqpError, ChannelError } from '../amqp/errors'
import { ConnectionUpdateSecretOk, type Method, MethodId, readMethod } from '../amqp/methods'
import { Reader } from '../amqp/reader'
import type { Handshake } from './handshake'

/** What these methods do to their connection. */
export interface ChannelZeroConnection {
  readonly state: 'handshake' | 'open' | 'closing' | 'closed'
  send(method: ConnectionUpdateSecretOk): void
  /** connection.close came. */
  closedByPeer(): void
  /** connection.close-ok came, as it had to. */
  closeAnswered(): void
}

export class ChannelZero {
  constructor(
    private readonly connection: ChannelZeroConnection,
    private readonly handshake: Handshake,
  ) {}

  /** A method frame's payload. @throws AmqpError that knows its method */
  method(bytes: Buffer, start: number, end: number): void {
    const method = readMethod(new Reader(bytes, start, end))
    try {
      this.handle(method)
    } catch (error) {
      if (error instanceof AmqpError) error.methodId = method.id
      throw error
    }
  }

  private handle(method: Method): void {
    const { connection } = this
    if (connection.state === 'closed') return
    if (connection.state === 'handshake') this.handshake.accept(method)
    else if (method.id === MethodId.connectionClose) connection.closedByPeer()
    else if (connection.state === 'closing') {
      if (method.id === MethodId.connectionCloseOk) connection.closeAnswered()
    } else if (method.id === MethodId.connectionUpdateSecret) connection.send(new ConnectionUpdateSecretOk())
    else throw new ChannelError('unexpected method in connection state running')
  }
}
