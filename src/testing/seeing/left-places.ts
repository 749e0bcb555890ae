/** Where messages were when their broker ended, for the queues that come back and for the journeys of those that do not. */
import type { Journey, Place } from './journey'

const NOTHING: ReadonlyMap<number, Journey> = new Map()

export class LeftPlaces {
  private readonly places: Place[] = []
  private readonly byQueue = new Map<number, Map<number, Journey>>()

  /** Takes the journeys out of their places: nothing that a dead broker still does is written down. */
  gather(messages: Iterable<{ readonly journey: Journey }>): void {
    for (const { journey } of messages) {
      for (const place of journey.places) this.add(place)
      journey.places.clear()
    }
  }

  /** By position. */
  in(queueId: number): ReadonlyMap<number, Journey> {
    return this.byQueue.get(queueId) ?? NOTHING
  }

  /** All queues that come back are there: what is in none of them is lost. */
  settle(at: number): void {
    for (const { queue, position, journey } of this.places) {
      const isThere = [...journey.places].some(
        place => place.queue.definition.id === queue.definition.id && place.position === position,
      )
      if (!isThere) journey.add({ at, kind: 'lost', queue: queue.name, detail: '' })
    }
    this.places.length = 0
    this.byQueue.clear()
  }

  private add(place: Place): void {
    const { queue, position, journey } = place
    queue.unrecord(place)
    this.places.push(place)
    const { id } = queue.definition
    const journeys = this.byQueue.get(id) ?? new Map<number, Journey>()
    journeys.set(position, journey)
    this.byQueue.set(id, journeys)
  }
}
