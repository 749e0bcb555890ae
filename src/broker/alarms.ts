/**
 * Why publishers must wait at present, if they must: the disk takes nothing. Consumers go on. RabbitMQ's resource
 * alarms, for its `connection.blocked`.
 */
export interface AlarmListener {
  alarmRaised(): void
  alarmCleared(): void
}

export class Alarms {
  /** What `connection.blocked` says; undefined: no alarm. */
  reason: string | undefined = undefined
  private readonly listeners = new Set<AlarmListener>()

  get isRaised(): boolean {
    return this.reason !== undefined
  }

  raise(reason: string): void {
    this.reason = reason
    for (const listener of this.listeners) listener.alarmRaised()
  }

  clear(): void {
    this.reason = undefined
    for (const listener of this.listeners) listener.alarmCleared()
  }

  /** Tells of alarms until it is forgotten. */
  listen(listener: AlarmListener): void {
    this.listeners.add(listener)
  }

  forget(listener: AlarmListener): void {
    this.listeners.delete(listener)
  }
}
