/** Reads a recording back, event by event: it may be larger than memory. A last line that was cut is no mistake. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { RECORDING_FORMAT, RECORDING_VERSION, type RecordedEvent, type RecordingHead } from './format'

/** The message is one line, made to be shown to whoever named the file. */
export class UnusableRecording extends Error {
  override readonly name = 'UnusableRecording'
}

/** @throws UnusableRecording */
export async function* readRecording(path: string): AsyncGenerator<RecordedEvent> {
  let number = 0
  let broken: number | undefined
  for await (const line of linesOf(path)) {
    number++
    if (broken !== undefined) throw new UnusableRecording(`${path}: line ${broken} is no event`)
    const value = parsed(line)
    if (number === 1) checkHead(path, value)
    else if (isEvent(value)) yield value
    else broken = number
  }
  if (number === 0) checkHead(path, undefined)
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, 'utf8')
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (cause) {
    if (cause instanceof UnusableRecording) throw cause
    throw new UnusableRecording(`${path}: ${(cause as Error).message}`)
  } finally {
    stream.destroy()
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function checkHead(path: string, value: unknown): void {
  const head = (typeof value === 'object' ? value : null) as Partial<RecordingHead> | null
  if (head?.format !== RECORDING_FORMAT) throw new UnusableRecording(`${path}: this is no recording`)
  if (head.version !== RECORDING_VERSION)
    throw new UnusableRecording(`${path}: version ${head.version} of recordings is not known here`)
}

function isEvent(value: unknown): value is RecordedEvent {
  if (typeof value !== 'object' || value === null) return false
  const { at, connection, event, ...others } = value as Record<string, unknown>
  if (!isCount(at) || !isCount(connection)) return false
  if (event !== 'frame') return event === 'opened' || event === 'ended' || event === 'unreadable'
  const { from, channel, frame, payload } = others
  return (
    (from === 'client' || from === 'broker') &&
    isCount(channel) &&
    channel <= 0xffff &&
    typeof frame === 'string' &&
    (payload === undefined || typeof payload === 'string')
  )
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
