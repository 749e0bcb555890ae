/** Requests of HTTP as bytes, and what comes after an upgrade to WebSocket. */
import type { Random } from '../../crash/random'
import { octets } from './fields'
import { greeting, session } from './frames'

const METHODS = ['GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'CONNECT', 'FOO', '']
const PATHS = [
  ...[
    '/',
    '/api/overview',
    '/api/queues/%2F/q',
    '/api/queues/%2F/q/get',
    '/api/definitions',
    '/api/whoami',
    '/metrics',
  ],
  ...[
    '/api/../../etc/passwd',
    '/assets/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '//etc/passwd',
    '/api/%',
    '/api/%00',
  ],
  ...[
    'http://example.com/',
    '*',
    '/api/live?path=/overview',
    '/ws/amqp',
    '/api/queues?name=%28a%2B%29%2B%24&use_regex=true&page=1',
  ],
  ...[
    '/api/auth/hash_password/%0d%0aX-A:%20b',
    `/api/${'a/'.repeat(2000)}`,
    '/api/docs/',
    '/api/session',
    '/%c0%ae%c0%ae/',
  ],
]
const HEADERS = [
  ...[
    'Host: localhost',
    'Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=',
    'Content-Type: application/json',
    'Connection: close',
  ],
  ...[
    'Connection: upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ],
  ...[
    'Transfer-Encoding: chunked',
    'Content-Length: 5',
    'Content-Length: -1',
    'Expect: 100-continue',
    'Origin: null',
  ],
  ...[
    'Origin: http://[::1',
    'Cookie: leveret_session=%',
    'Cookie: __proto__=1',
    'X-Forwarded-For: 1.2.3.4',
    'Range: bytes=0-0,1-1',
  ],
  ...[
    'Accept-Encoding: br, gzip',
    'Content-Type: multipart/form-data; boundary=b',
    'If-None-Match: *',
    'Host: a\tb',
    'X: \xff',
    ': x',
  ],
]

export const HTTP_WORDS: readonly Buffer[] = [
  ...METHODS,
  ...PATHS,
  ...HEADERS,
  '\r\n',
  '\r\n\r\n',
  ' HTTP/1.1',
  ' HTTP/1.0',
  '0\r\n\r\n',
  '\0',
].map(text => Buffer.from(text, 'latin1'))

export function request(random: Random): Buffer {
  const body = random.pick([
    '',
    '{}',
    '{"count":1,"ackmode":"ack_requeue_true","encoding":"auto"}',
    '[1',
    '5\r\nhello\r\n0\r\n\r\n',
    'hello',
  ])
  const headers = Array.from({ length: random.between(0, 6) }, () => random.pick(HEADERS))
  if (random.chance(0.7)) headers.push('Host: localhost', 'Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=')
  if (random.chance(0.6)) headers.push(`Content-Length: ${body.length}`)
  const head = `${random.pick(METHODS)} ${random.pick(PATHS)} ${random.pick(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/9'])}`
  return Buffer.from(`${[head, ...headers].join('\r\n')}\r\n\r\n${body}`, 'latin1')
}

export function upgrade(random: Random): Buffer {
  const extensions = random.chance(0.3)
    ? 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n'
    : ''
  const protocol = random.pick([
    'Sec-WebSocket-Protocol: amqp\r\n',
    'Sec-WebSocket-Protocol: amqp, x\r\n',
    'Sec-WebSocket-Protocol: ,\r\n',
    '',
  ])
  const path = random.pick(['/ws/amqp', '/ws/amqp', '/', '/ws/amqp?x', '/else'])
  const key = random.chance(0.9) ? 'AAAAAAAAAAAAAAAAAAAAAA==' : 'short'
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${protocol}${extensions}\r\n`,
  )
}

/** AMQP in messages, whole or in fragments, between pings, with lengths that may lie. */
export function webSocketFrames(random: Random): Buffer[] {
  const amqp = [...greeting(random), ...session(random)]
  return amqp.slice(0, random.between(0, 12)).flatMap(bytes => {
    const opcode = random.chance(0.8) ? 2 : random.pick([0, 1, 2, 3, 8, 9, 9, 10, 11])
    return random.chance(0.2)
      ? [
          webSocketFrame(random, 2, bytes.subarray(0, 3), false),
          webSocketFrame(random, 0, bytes.subarray(3), true),
        ]
      : [webSocketFrame(random, opcode, opcode >= 8 ? bytes.subarray(0, 125) : bytes, random.chance(0.95))]
  })
}

function webSocketFrame(random: Random, opcode: number, payload: Buffer, isFinal: boolean): Buffer {
  const reserved = random.chance(0.05) ? 0x40 : 0
  const mask = random.bytes(4)
  const masked = Buffer.from(payload.map((byte, at) => byte ^ mask[at % 4]!))
  const isMasked = random.chance(0.97)
  const length = random.chance(0.97) ? payload.length : random.pick([0, 126, 65536, 2 ** 31, 2 ** 52])
  return Buffer.concat([
    Buffer.of((isFinal ? 0x80 : 0) | reserved | opcode),
    lengthField(length, isMasked ? 0x80 : 0),
    isMasked ? Buffer.concat([mask, masked]) : payload,
  ])
}

function lengthField(length: number, mask: number): Buffer {
  if (length < 126) return Buffer.of(mask | length)
  if (length < 65536) return Buffer.concat([Buffer.of(mask | 126), octets(length, 2)])
  return Buffer.concat([Buffer.of(mask | 127), octets(length, 8)])
}
