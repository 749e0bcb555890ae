/** confirm.select and tx.*: what a channel promises its publisher. One of the two at most, and for good. */
import { PreconditionFailed } from '../amqp/errors'
import { ConfirmSelectOk, TxCommitOk, TxRollbackOk, TxSelectOk } from '../amqp/methods'
import { REFUSED } from '../queues/queue'
import { NOTHING_TO_WAIT_FOR } from '../store/message-store'
import type { MessageTally } from '../structures/message-tally'
import { Confirms } from './confirms'
import type { Publishing } from './publishing'
import type { Session } from './session'
import type { Settling } from './settling'
import { Transaction } from './transaction'
import type { Unacked } from './unacked'

export class PublisherMode {
  constructor(
    private readonly number: number,
    private readonly session: Session,
    private readonly publishing: Publishing,
    private readonly settling: Settling,
    private readonly unacked: Unacked,
    private readonly tally: MessageTally,
  ) {}

  selectConfirm(noWait: boolean): void {
    if (this.publishing.transaction !== undefined) {
      throw new PreconditionFailed('cannot switch from tx to confirm mode')
    }
    this.publishing.confirms ??= new Confirms(this.number, this.session.peer)
    if (!noWait) this.send(new ConfirmSelectOk())
  }

  selectTx(): void {
    if (this.publishing.confirms !== undefined) {
      throw new PreconditionFailed('cannot switch from confirm to tx mode')
    }
    this.publishing.transaction ??= new Transaction(this.tally)
    this.settling.transaction = this.publishing.transaction
    this.send(new TxSelectOk())
  }

  commit(): void {
    const transaction = this.requireTransaction()
    const ticket = transaction.commit((message, queues, isMandatory) =>
      this.publishing.publishCommitted(message, queues, isMandatory),
    )
    if (ticket === REFUSED) throw new PreconditionFailed('partial tx completion')
    if (ticket === NOTHING_TO_WAIT_FOR) this.send(new TxCommitOk())
    else this.session.peer.whenCommitted(ticket, () => this.send(new TxCommitOk()))
  }

  rollback(): void {
    this.requireTransaction().rollback(this.unacked)
    this.send(new TxRollbackOk())
  }

  private requireTransaction(): Transaction {
    const { transaction } = this.publishing
    if (transaction === undefined) throw new PreconditionFailed('channel is not transactional')
    return transaction
  }

  private send(method: Parameters<Session['peer']['send']>[1]): void {
    this.session.peer.send(this.number, method)
  }
}
