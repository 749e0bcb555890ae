/** What a recording holds, and what it must never hold. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { FrameType } from '../../src/amqp/framing'
import {
  ConnectionStartOk,
  ConnectionUpdateSecret,
  QueueDeclare,
  QueueDeclareOk,
} from '../../src/amqp/methods'
import { Writer } from '../../src/amqp/writer'
import { Recorder } from '../../src/recording/recorder'
import type { Transport } from '../../src/server/transport'
import { ManualClock } from '../support/manual-clock'
import { temporaryFolder } from '../support/temporary-folder'

const folder = temporaryFolder()
const secret = 'correct horse battery staple'
const transport = { remoteAddress: 'a', remotePort: 1, localAddress: 'b', localPort: 2 } as Transport
const protocolHeader = Buffer.from('AMQP\0\0\x09\x01', 'latin1')

let path: string
let clock: ManualClock
let failures: Error[]
let files = 0

beforeEach(() => {
  path = join(folder, `${++files}.jsonl`)
  clock = new ManualClock()
  failures = []
})

function record(to = path): Recorder {
  return new Recorder(to, { clock, onFailed: cause => failures.push(cause) })
}

function frameOf(type: number, channel: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(7)
  head.writeUInt8(type, 0)
  head.writeUInt16BE(channel, 1)
  head.writeUInt32BE(payload.length, 3)
  return Buffer.concat([head, payload, Buffer.of(0xce)])
}

function methodFrame(channel: number, method: { write(w: Writer): void }): Buffer {
  const writer = new Writer()
  method.write(writer)
  return frameOf(FrameType.method, channel, writer.take())
}

function recorded(): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

const startOk = methodFrame(
  0,
  new ConnectionStartOk(new Map(), 'PLAIN', Buffer.from(`\0ada\0${secret}`), 'en_US'),
)
const declare = methodFrame(1, new QueueDeclare('orders', false, true, false, false, false, new Map()))

describe('a recording', () => {
  it('has every frame with its time, however the network cut it', () => {
    const recorder = record()
    const connection = recorder.observe(transport)
    for (const octet of Buffer.concat([protocolHeader, startOk])) connection.received?.(Buffer.of(octet))
    clock.advance(25)
    connection.received?.(Buffer.concat([declare, declare]))
    connection.sent?.(methodFrame(1, new QueueDeclareOk('orders', 0, 0)))
    connection.ended?.()
    recorder.close()
    expect(recorded()).toEqual([
      { format: 'leveret-recording', version: 1, startedAt: '2026-01-01T00:00:00.000Z' },
      { at: 0, connection: 1, event: 'opened', name: 'a:1 -> b:2' },
      expect.objectContaining({ at: 0, from: 'client', channel: 0, frame: 'protocol header' }),
      expect.objectContaining({ at: 0, from: 'client', channel: 0, frame: 'connection.start-ok' }),
      expect.objectContaining({ at: 25, from: 'client', channel: 1, frame: 'queue.declare' }),
      expect.objectContaining({ payload: declare.subarray(7, -1).toString('base64') }),
      expect.objectContaining({ at: 25, from: 'broker', channel: 1, frame: 'queue.declare-ok' }),
      { at: 25, connection: 1, event: 'ended' },
    ])
  })

  it('has the contents of what clients sent, and of deliveries only the size', () => {
    const recorder = record()
    const connection = recorder.observe(transport)
    connection.received?.(Buffer.concat([protocolHeader, frameOf(FrameType.body, 1, Buffer.from('hello'))]))
    connection.sent?.(frameOf(FrameType.body, 1, Buffer.from('hello')))
    recorder.close()
    expect(recorded().slice(3)).toEqual([
      {
        at: 0,
        connection: 1,
        event: 'frame',
        from: 'client',
        channel: 1,
        frame: 'body',
        payload: 'aGVsbG8=',
      },
      { at: 0, connection: 1, event: 'frame', from: 'broker', channel: 1, frame: 'body', bytes: 5 },
    ])
  })

  it.each([
    ['connection.start-ok', startOk],
    ['a start-ok that cannot be read', frameOf(1, 0, Buffer.concat([startOk.subarray(7, -9)]))],
    ['connection.update-secret', methodFrame(0, new ConnectionUpdateSecret(Buffer.from(secret), ''))],
    ['what is no AMQP', Buffer.from(`${secret}${secret}`)],
  ])('has no password: %s', (_, bytes) => {
    const recorder = record()
    recorder.observe(transport).received?.(Buffer.concat([protocolHeader, bytes]))
    recorder.close()
    const decoded = recorded().map(({ payload }) => Buffer.from(String(payload ?? ''), 'base64').toString())
    expect(recorded()).toHaveLength(4)
    expect(decoded.join()).not.toContain('horse')
    expect(readFileSync(path, 'utf8')).not.toContain('horse')
  })

  it('tells that somebody sent what is no AMQP, and goes on with the others', () => {
    const recorder = record()
    const broken = recorder.observe(transport)
    broken.received?.(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    broken.received?.(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    recorder.observe(transport).received?.(Buffer.concat([protocolHeader, declare]))
    recorder.close()
    expect(recorded().filter(({ event }) => event === 'unreadable')).toEqual([
      { at: 0, connection: 1, event: 'unreadable', from: 'client' },
    ])
    expect(recorded().at(-1)).toMatchObject({ connection: 2, frame: 'queue.declare' })
  })

  it('is on the disk a moment later, while the broker goes on, for its owner alone', () => {
    const recorder = record()
    recorder.observe(transport)
    expect(recorded()).toHaveLength(1)
    clock.advance(100)
    expect(recorded()).toHaveLength(2)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    recorder.close()
    expect(clock.pending).toBe(0)
  })

  it('is on the disk at once when there is much of it', () => {
    const recorder = record()
    recorder
      .observe(transport)
      .received?.(Buffer.concat([protocolHeader, frameOf(FrameType.body, 1, Buffer.alloc(60_000))]))
    expect(recorded()).toHaveLength(4)
    recorder.close()
  })

  it('ends when the disk is full, told once', () => {
    const recorder = record('/dev/full')
    const connection = recorder.observe(transport)
    connection.received?.(protocolHeader)
    clock.advance(100)
    connection.ended?.()
    recorder.close()
    expect(failures).toEqual([expect.objectContaining({ code: 'ENOSPC' })])
    expect(clock.pending).toBe(0)
  })
})
