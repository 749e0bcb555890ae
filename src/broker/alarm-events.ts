/** Alarms as events: RabbitMQ names what is short, our alarms give the reason that publishers hear. */
import type { Alarms } from './alarms'
import type { AlarmEvent, Events } from './events'

export function announceAlarms(alarms: Alarms, events: Events): void {
  let told: readonly AlarmEvent['source'][] = []
  const tell = (): void => {
    const now = sourcesOf(alarms.reason)
    for (const source of told) if (!now.includes(source)) events.emit({ kind: 'alarm.cleared', source })
    for (const source of now) if (!told.includes(source)) events.emit({ kind: 'alarm.set', source })
    told = now
  }
  alarms.listen({ alarmRaised: tell, alarmCleared: tell })
}

/** RabbitMQ's reasons: `low on memory`, `low on disk`, `low on memory & disk`. */
function sourcesOf(reason: string | undefined): AlarmEvent['source'][] {
  if (reason === undefined) return []
  const memory = reason.includes('memory') ? (['memory'] as const) : []
  const disk = reason.includes('disk') ? (['disk'] as const) : []
  return [...memory, ...disk]
}
