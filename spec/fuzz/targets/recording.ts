/** Recordings, which are files that somebody sends: played at a broker, or refused by a sentence that names the file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { methodName } from '../../../src/amqp/methods'
import { parseAmqpUrl } from '../../../src/load/amqp-url'
import { readRecording, UnusableRecording } from '../../../src/recording/read-recording'
import { replay } from '../../../src/recording/replay'
import type { Random } from '../../crash/random'
import { type ListeningBroker, listeningBroker } from '../../support/listening-broker'
import { AMQP_WORDS, greeting, session } from '../generate/frames'
import type { Input, Target, World } from '../target'

const HEAD = '{"format":"leveret-recording","version":1,"startedAt":"2026-01-01T00:00:00Z"}'
/** Nobody waits five seconds here for what does not come. */
const PATIENCE_MS = 40
const OPEN_OK = Buffer.from([0, 10, 0, 41, 0]).toString('base64')

export const recording: Target = {
  name: 'recording',
  briefly: 40,
  dictionary: [
    ...[
      '"from":"broker"',
      '"event":"ended"',
      '"payload":""',
      '"frame":"header"',
      '"at":1e308',
      '"connection":-1',
    ].map(text => Buffer.from(text)),
    ...AMQP_WORDS.slice(0, 40).map(word => Buffer.from(word.toString('base64'))),
  ],
  inputsPerWorld: 300,
  generate,
  open: async () => new RecordingWorld(await listeningBroker()),
}

/** Lines. */
function generate(random: Random): Input {
  const [, ...hello] = greeting(random)
  const lines = [
    HEAD,
    line(0, { event: 'opened', name: 'c' }),
    ...hello.map(frame => frameLine(random, frame)),
  ]
  lines.push(
    line(1, { event: 'frame', from: 'broker', channel: 0, frame: 'connection.open-ok', payload: OPEN_OK }),
  )
  for (const channel of [1, 2, 3])
    lines.push(
      line(2, { event: 'frame', from: 'client', channel, frame: 'channel.open', payload: 'ABQACgA=' }),
    )
  lines.push(...session(random).map(frame => frameLine(random, frame)), line(9, { event: 'ended' }))
  return lines.map(text => Buffer.from(text))
}

function line(at: number, happening: object): string {
  return JSON.stringify({ at, connection: 1, ...happening })
}

/** Now and then as if the broker had said it, which is what the player waits for. */
function frameLine(random: Random, frame: Buffer): string {
  const payload = frame.subarray(7, -1)
  const kinds: Readonly<Record<number, string>> = { 2: 'header', 3: 'body', 8: 'heartbeat' }
  const kind = kinds[frame[0] ?? 0] ?? methodName(payload.length < 4 ? 0 : payload.readUInt32BE())
  const from = random.chance(0.1) ? 'broker' : 'client'
  return line(3, {
    event: 'frame',
    from,
    channel: frame.readUInt16BE(1),
    frame: kind,
    payload: payload.toString('base64'),
  })
}

class RecordingWorld implements World {
  private readonly folder = mkdtempSync(join(tmpdir(), 'leveret-fuzz-'))

  constructor(private readonly broker: ListeningBroker) {}

  async feed(input: Input): Promise<void> {
    const path = join(this.folder, 'recording')
    writeFileSync(path, Buffer.concat(input.flatMap(piece => [piece, Buffer.from('\n')])))
    const server = { ...parseAmqpUrl(this.broker.url), vhost: undefined }
    try {
      await replay(readRecording(path), { server, clock: HASTY, speed: undefined, onDifference: () => {} })
    } catch (error) {
      const isSentence = error instanceof UnusableRecording && error.message.includes(path)
      if (!isSentence || error.message.includes('\n')) throw error
    }
    const defects = this.broker.log.at('error')
    if (defects.length > 0) throw new Error(defects[0])
  }

  async close(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true })
    await this.broker.close()
  }
}

const HASTY = {
  now: () => Date.now(),
  after: (_: number, run: () => void) => {
    const timer = setTimeout(run, PATIENCE_MS)
    return { cancel: () => clearTimeout(timer) }
  },
}
