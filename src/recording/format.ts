/**
 * What a recording is: a text file, one JSON object a line, in the order in which things happened at the broker
 * (docs/reference/recording.md). The last line may be cut, if the broker was.
 */

export const RECORDING_FORMAT = 'leveret-recording'
export const RECORDING_VERSION = 1

export interface RecordingHead {
  readonly format: typeof RECORDING_FORMAT
  readonly version: number
  /** ISO 8601. */
  readonly startedAt: string
}

export interface Event {
  /** Milliseconds since the recording began. */
  readonly at: number
  /** Counted from 1. */
  readonly connection: number
}

export interface OpenedEvent extends Event {
  readonly event: 'opened'
  /** `127.0.0.1:53076 -> 127.0.0.1:5672` */
  readonly name: string
}

export interface EndedEvent extends Event {
  readonly event: 'ended'
}

/** What a side sent is no AMQP: nothing more of it was kept. */
export interface UnreadableEvent extends Event {
  readonly event: 'unreadable'
  readonly from: Side
}

export interface FrameEvent extends Event {
  readonly event: 'frame'
  readonly from: Side
  readonly channel: number
  /** The name of the method, `queue.declare`; else what kind of frame it is. */
  readonly frame: string
  /** Base64. Absent: contents that were sent by the broker, and what is secret. */
  readonly payload?: string
  /** Where there is no payload: its size. */
  readonly bytes?: number
}

/** An event without when and where. */
export type Happening =
  | Omit<OpenedEvent, keyof Event>
  | Omit<EndedEvent, keyof Event>
  | Omit<UnreadableEvent, keyof Event>
  | Omit<FrameEvent, keyof Event>

export type Side = 'client' | 'broker'
export type RecordedEvent = OpenedEvent | EndedEvent | UnreadableEvent | FrameEvent
