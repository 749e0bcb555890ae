/**
 * Plays what clients sent at a broker, in the order in which it was recorded, and compares what it answers with what was
 * answered then: by kind, not by content. Nothing is sent before the replies that its client had seen are there.
 */
import type { Clock } from '../clock'
import type { FrameEvent, RecordedEvent } from './format'
import { Renames } from './renames'
import { ReplayedConnection, type ReplayServer } from './replayed-connection'

/** Longer than any reply takes that comes at all. */
const PATIENCE_MS = 5000

export interface ReplayOptions {
  readonly server: ReplayServer
  readonly clock: Clock
  /** How many times as fast as it was recorded; undefined: as fast as it goes. */
  readonly speed: number | undefined
  /** Told at once, a line for people. */
  onDifference(text: string): void
}

export interface ReplayOutcome {
  readonly connections: number
  /** Frames that were sent. */
  readonly frames: number
  readonly differences: number
}

export async function replay(
  events: AsyncIterable<RecordedEvent>,
  options: ReplayOptions,
): Promise<ReplayOutcome> {
  const playing = new Replay(options)
  try {
    for await (const event of events) await playing.play(event)
    playing.end()
  } finally {
    playing.abandon()
  }
  return playing.outcome
}

class Replay {
  private readonly connections = new Map<number, ReplayedConnection>()
  private readonly renames = new Renames()
  private readonly startedAt: number
  private frames = 0
  private differences = 0
  private opened = 0

  constructor(private readonly options: ReplayOptions) {
    this.startedAt = options.clock.now()
  }

  get outcome(): ReplayOutcome {
    return { connections: this.opened, frames: this.frames, differences: this.differences }
  }

  async play(event: RecordedEvent): Promise<void> {
    if (event.event === 'frame') return await this.playFrame(event)
    const connection = this.connections.get(event.connection)
    if (event.event !== 'ended' || connection === undefined) return
    connection.end()
    this.connections.delete(event.connection)
  }

  /** A recording may stop in the middle. */
  end(): void {
    for (const connection of this.connections.values()) connection.end()
  }

  abandon(): void {
    for (const connection of this.connections.values()) connection.abandon()
  }

  private async playFrame(event: FrameEvent): Promise<void> {
    const connection = this.connectionOf(event.connection)
    if (event.from === 'broker') {
      if (event.frame === 'connection.open-ok') this.opened++
      return await connection.expect(event)
    }
    await this.itIsTime(event.at)
    if (await connection.send(event)) this.frames++
  }

  private connectionOf(number: number): ReplayedConnection {
    const found = this.connections.get(number)
    if (found !== undefined) return found
    const differs = (text: string): void => {
      this.differences++
      this.options.onDifference(`connection ${number}${text}`)
    }
    const { server, clock } = this.options
    const made = new ReplayedConnection({
      server,
      clock,
      renames: this.renames,
      patienceMs: PATIENCE_MS,
      differs,
    })
    this.connections.set(number, made)
    return made
  }

  private async itIsTime(at: number): Promise<void> {
    const { speed, clock } = this.options
    if (speed === undefined) return
    const early = this.startedAt + at / speed - clock.now()
    if (early > 0) await new Promise<void>(resolve => void clock.after(early, resolve))
  }
}
