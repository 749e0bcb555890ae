/**
 * Why publishers must wait at present, if they must: the disk takes nothing. Consumers go on. RabbitMQ's resource
 * alarms, for its `connection.blocked`.
 */
export interface AlarmListener {
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
  }

  clear(): void {
    this.reason = undefined
    const woken = [...this.listeners]
    this.listeners.clear()
    for (const listener of woken) listener.alarmCleared()
  }

  /** Tells once when no alarm is left. */
  whenCleared(listener: AlarmListener): void {
    this.listeners.add(listener)
  }

  forget(listener: AlarmListener): void {
    this.listeners.delete(listener)
  }
}
