/**
 * Why publishers must wait at present, if they must: memory or disk is short. Consumers go on. RabbitMQ's resource alarms,
 * for its `connection.blocked`. Several may be raised at once, also for the same resource, and each is cleared for itself:
 * a disk that has room again may still not take writes.
 */
export interface AlarmListener {
  /** Also when another was raised before. */
  alarmRaised(): void
  /** None is left. */
  alarmCleared(): void
}

/** RabbitMQ's names, in the order in which it tells of them. */
export const RESOURCES = ['disk', 'memory'] as const
export type Resource = (typeof RESOURCES)[number]

export interface RaisedAlarm {
  /** Once; again it changes nothing. */
  clear(): void
}

export class Alarms {
  /** What `connection.blocked` says; undefined: no alarm. */
  reason: string | undefined = undefined
  private readonly listeners = new Set<AlarmListener>()
  private readonly changed = new Set<() => void>()
  /** The reasons of those that are raised. */
  private readonly raised = new Map<RaisedAlarm, string>()

  get isRaised(): boolean {
    return this.reason !== undefined
  }

  /** What is short. */
  get resources(): readonly Resource[] {
    return RESOURCES.filter(resource => this.isShort(resource))
  }

  isShort(resource: Resource): boolean {
    for (const reason of this.raised.values()) if (reason.includes(resource)) return true
    return false
  }

  /** `reason`: `low on memory`, `low on disk`, or what else clients shall hear. */
  raise(reason: string): RaisedAlarm {
    const alarm: RaisedAlarm = { clear: () => this.clear(alarm) }
    this.raised.set(alarm, reason)
    this.tell()
    for (const listener of this.listeners) listener.alarmRaised()
    return alarm
  }

  /** Tells of alarms until it is forgotten. */
  listen(listener: AlarmListener): void {
    this.listeners.add(listener)
  }

  forget(listener: AlarmListener): void {
    this.listeners.delete(listener)
  }

  /** Calls back, for good, whenever one is raised or cleared. */
  onChange(changed: () => void): void {
    this.changed.add(changed)
  }

  private clear(alarm: RaisedAlarm): void {
    if (!this.raised.delete(alarm)) return
    this.tell()
    if (this.isRaised) return
    for (const listener of this.listeners) listener.alarmCleared()
  }

  private tell(): void {
    this.reason = this.reasonNow()
    for (const changed of this.changed) changed()
  }

  /** RabbitMQ: `low on disk & memory`. */
  private reasonNow(): string | undefined {
    const { resources } = this
    const reasons = [...this.raised.values()]
    const own = reasons.find(reason => !OF_RESOURCES.test(reason))
    return own ?? (reasons.length === 0 ? undefined : `low on ${resources.join(' & ')}`)
  }
}

const OF_RESOURCES = /^low on (disk|memory)( & (disk|memory))?$/
