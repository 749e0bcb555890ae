/**
 * Makes a publishing connection wait: for a disk that does not keep up, or, told so by connection.blocked, for one that
 * takes nothing. Only connections that publish wait; consumers go on. RabbitMQ, too, blocks at the publish; here a
 * publisher also hears of it that has nothing left to do but wait for its confirms.
 */
import { ConnectionBlocked, ConnectionUnblocked } from '../amqp/methods'
import type { AlarmListener, Alarms } from '../broker/resources/alarms'
import type { MessageStore } from '../store/message-store'
import type { TurnWork } from '../turn'
import type { Input } from './input'
import type { Outbound } from './outbound'

/** The channels of the connection. */
interface Publishers {
  readonly awaitConfirms: boolean
}

export class PublisherBrake implements AlarmListener, TurnWork {
  private notifies = false
  private publishers: Publishers | undefined
  private isBlocked = false
  private isWaiting = false

  constructor(
    private readonly outbound: Outbound,
    private readonly input: Input,
    private readonly store: MessageStore,
    private readonly alarms: Alarms,
  ) {}

  /** blocking: an alarm is raised, but nothing was published since; flow: it waits for the disk. */
  get state(): 'running' | 'blocking' | 'blocked' | 'flow' {
    if (this.isBlocked) return 'blocked'
    if (this.alarms.isRaised) return 'blocking'
    return this.isWaiting ? 'flow' : 'running'
  }

  /** From here on alarms are for this connection, too. `notifies`: its client understands connection.blocked. */
  engage(publishers: Publishers, notifies: boolean): void {
    this.publishers = publishers
    this.notifies = notifies
    this.alarms.listen(this)
  }

  /** The connection published something while store or alarms say that publishers should wait. */
  pull(): void {
    if (this.alarms.isRaised) this.block()
    else if (this.store.isBehind) this.waitForDisk()
  }

  alarmRaised(): void {
    if (this.publishers?.awaitConfirms === true) this.block()
  }

  alarmCleared(): void {
    if (!this.isBlocked) return
    this.isBlocked = false
    if (this.notifies) this.outbound.frames().method(0, new ConnectionUnblocked())
    this.input.release()
  }

  /** The disk keeps up again. */
  runTurn(): void {
    this.isWaiting = false
    this.input.release()
  }

  /** The connection ends: what its client answers to that is heard, also while others wait. */
  letGo(): void {
    this.alarms.forget(this)
    if (!this.isBlocked) return
    this.isBlocked = false
    this.input.release()
  }

  private block(): void {
    if (this.isBlocked) return
    this.isBlocked = true
    if (this.notifies) this.outbound.frames().method(0, new ConnectionBlocked(this.alarms.reason ?? ''))
    this.input.hold()
  }

  private waitForDisk(): void {
    if (this.isWaiting) return
    this.isWaiting = true
    this.input.hold()
    this.store.whenCaughtUp(this)
  }
}
