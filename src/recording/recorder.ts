/**
 * Keeps the traffic of every connection in a file. Written while it happens, so the file holds all but the last moment
 * whatever becomes of the broker; a disk that takes no more ends the recording and costs the broker nothing.
 */
import { closeSync, fchmodSync, fstatSync, openSync, writeSync } from 'node:fs'
import type { Clock, Timer } from '../clock'
import type { TransportObserver } from '../exec/observed-transport'
import { connectionName, type Transport } from '../server/transport'
import { type Happening, RECORDING_FORMAT, RECORDING_VERSION, type RecordingHead, type Side } from './format'
import { type FrameSink, RecordedStream } from './recorded-stream'

/** How far the file may be behind. */
const BEHIND_MS = 100
const BEHIND_CHARACTERS = 64 * 1024
const OWNER_ONLY = 0o600

/** Passed by whoever records: when, and what becomes of failures. */
export interface RecorderSettings {
  readonly clock: Clock
  /** The disk took no more: told once. */
  onFailed(cause: Error): void
}

export class Recorder {
  private file: number | undefined
  private waiting = ''
  private timer: Timer | undefined
  private connections = 0
  private readonly startedAt: number

  /** Begins the file anew; it is its owner's alone, for it holds messages. @throws what opening it throws */
  constructor(
    path: string,
    private readonly settings: RecorderSettings,
  ) {
    this.file = openSync(path, 'w', OWNER_ONLY)
    // One that was there before has the mode it had.
    if (fstatSync(this.file).isFile()) fchmodSync(this.file, OWNER_ONLY)
    this.startedAt = settings.clock.now()
    const head: RecordingHead = {
      format: RECORDING_FORMAT,
      version: RECORDING_VERSION,
      startedAt: new Date(this.startedAt).toISOString(),
    }
    this.write(head)
    this.flush()
  }

  /** For one connection. */
  observe(transport: Transport): TransportObserver {
    const connection = ++this.connections
    const keep = (happening: Happening): void =>
      this.write({ at: this.settings.clock.now() - this.startedAt, connection, ...happening })
    const sink = (from: Side): FrameSink => ({
      frame: (channel, frame, content) => keep({ event: 'frame', from, channel, frame, ...content }),
      unreadable: () => keep({ event: 'unreadable', from }),
    })
    const client = new RecordedStream('client', sink('client'))
    const broker = new RecordedStream('broker', sink('broker'))
    keep({ event: 'opened', name: connectionName(transport) })
    return {
      received: chunk => client.push(chunk),
      sent: chunk => broker.push(chunk),
      ended: () => keep({ event: 'ended' }),
    }
  }

  close(): void {
    this.flush()
    if (this.file !== undefined) closeSync(this.file)
    this.file = undefined
  }

  private write(line: object): void {
    if (this.file === undefined) return
    this.waiting += `${JSON.stringify(line)}\n`
    if (this.waiting.length >= BEHIND_CHARACTERS) this.flush()
    else this.timer ??= this.settings.clock.after(BEHIND_MS, () => this.flush())
  }

  /** Waits for the disk: what it does not take yet is not heaped up. */
  private flush(): void {
    this.timer?.cancel()
    this.timer = undefined
    const bytes = Buffer.from(this.waiting)
    this.waiting = ''
    if (this.file === undefined) return
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.file, bytes, done)
    } catch (cause) {
      closeSync(this.file)
      this.file = undefined
      this.settings.onFailed(cause as Error)
    }
  }
}
