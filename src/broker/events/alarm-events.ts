/** Alarms as events: once for each resource that is short, however many alarms say so. */
import type { Alarms, Resource } from '../resources/alarms'
import type { Events } from './events'

export function announceAlarms(alarms: Alarms, events: Events): void {
  let told: readonly Resource[] = []
  alarms.onChange(() => {
    const now = alarms.resources
    for (const source of told) if (!now.includes(source)) events.emit({ kind: 'alarm.cleared', source })
    for (const source of now) if (!told.includes(source)) events.emit({ kind: 'alarm.set', source })
    told = now
  })
}
