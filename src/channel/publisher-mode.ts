/** confirm.select and tx.*: what a channel promises its publisher. One of the two at most, and for good. */
import { PreconditionFailed } from '../amqp/errors'
import { ConfirmSelectOk, MethodId, TxCommitOk, TxRollbackOk, TxSelectOk } from '../amqp/methods'
import { REFUSED } from '../queues/queue'
import { type CommitTicket, NOTHING_TO_WAIT_FOR } from '../store/message-store'
import type { MessageTally } from '../structures/message-tally'
import type { TurnWork } from '../turn'
import { Confirms } from './confirms'
import type { Publishing } from './publishing'
import type { Session } from './session'
import type { Settling } from './settling'
import { type Commit, Transaction } from './transaction'
import type { Unacked } from './unacked'

export class PublisherMode {
  constructor(
    private readonly number: number,
    private readonly session: Session,
    private readonly publishing: Publishing,
    private readonly settling: Settling,
    private readonly unacked: Unacked,
    private readonly tally: MessageTally,
    /** Runs what is late: for an open channel only, of which an error is one of the method. */
    private readonly guarded: (methodId: number, run: () => void) => void,
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
    const commit = this.requireTransaction().commit((message, queues, isMandatory) =>
      this.publishing.publishCommitted(message, queues, isMandatory),
    )
    if (commit.run()) this.committed(commit.ticket)
    else this.goOnWith(commit)
  }

  /** In the next turns, to its end, whatever becomes of the channel. Until then its connection waits. */
  private goOnWith(commit: Commit): void {
    const { peer, turn } = this.session
    peer.hold()
    const work: TurnWork = {
      runTurn: () => {
        if (!commit.run()) return turn.deliver(work)
        this.guarded(MethodId.txCommit, () => this.committed(commit.ticket))
        peer.release()
      },
    }
    turn.deliver(work)
  }

  private committed(ticket: CommitTicket): void {
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
