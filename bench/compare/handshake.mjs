/**
 * As little AMQP as a comparison needs beside `leveret bench`: whether a broker answers, who it says it is, and
 * connections that are opened and then do nothing.
 */
import { connect } from 'node:net'

const header = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')
const START = 0x000a_000a
const TUNE = 0x000a_001e
const OPEN_OK = 0x000a_0029
const METHOD_AT = 7
const FRAME_OVERHEAD = 8
const GREETING_TIMEOUT_MS = 2000

export function parseTarget(url) {
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  if (protocol !== 'amqp:' || hostname === '')
    throw new Error(`${url} is no amqp://user:password@host:port/vhost`)
  return {
    host: hostname,
    port: Number(port || 5672),
    user: decodeURIComponent(username || 'guest'),
    password: decodeURIComponent(password || 'guest'),
    vhost: decodeURIComponent(pathname.slice(1)) || '/',
  }
}

/** Resolves to the broker's connection.start, which it sends once it accepts connections. */
export function greeting(target) {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, timeout: GREETING_TIMEOUT_MS }, () => socket.write(header))
    const fail = () => reject(new Error(`no AMQP broker answers on ${target.host}:${target.port}`))
    eachMethod(socket, (_, frame) => {
      resolve(Buffer.from(frame))
      socket.destroy()
    })
    socket.on('timeout', () => socket.destroy(new Error('no answer')))
    socket.on('error', fail)
    socket.on('close', fail)
  })
}

/** `Leveret 0.1.0`, `RabbitMQ 3.10.8`: from the server properties in connection.start. */
export function nameIn(start) {
  const leveret = property(start, 'leveret_version')
  if (leveret !== undefined) return `Leveret ${leveret}`
  return `${property(start, 'product') ?? 'unnamed'} ${property(start, 'version') ?? ''}`.trim()
}

/** Resolves to the socket of a connection that is open and has no channels. */
export function openIdle(target) {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, noDelay: true }, () => socket.write(header))
    const fail = cause => reject(cause ?? new Error('the broker closed a connection that was being opened'))
    socket.on('error', fail)
    socket.on('close', () => fail())
    eachMethod(socket, (id, frame) => {
      if (id === START) socket.write(startOk(target))
      else if (id === TUNE) socket.write(Buffer.concat([tuneOk(frame), open(target)]))
      else if (id === OPEN_OK) resolve(socket)
    })
  })
}

function eachMethod(socket, found) {
  let bytes = Buffer.alloc(0)
  socket.on('data', chunk => {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= FRAME_OVERHEAD && bytes.length >= bytes.readUInt32BE(3) + FRAME_OVERHEAD) {
      const frame = bytes.subarray(0, bytes.readUInt32BE(3) + FRAME_OVERHEAD)
      bytes = bytes.subarray(frame.length)
      if (frame[0] === 1) found(frame.readUInt32BE(METHOD_AT), frame)
    }
  })
}

/** A text among the server properties: its name, the type S, its length and it. */
function property(start, name) {
  const key = Buffer.from(`${String.fromCharCode(name.length)}${name}S`)
  const at = start.indexOf(key)
  if (at < 0) return undefined
  const from = at + key.length + 4
  return start.toString('utf8', from, from + start.readUInt32BE(from - 4))
}

function startOk({ user, password }) {
  const noProperties = Buffer.alloc(4)
  const response = Buffer.from(`\0${user}\0${password}`)
  return method(0x000a_000b, [noProperties, short('PLAIN'), u32(response.length), response, short('en_US')])
}

/** What was offered, heartbeats included: an idle connection costs their timers. */
function tuneOk(tune) {
  return method(0x000a_001f, [tune.subarray(METHOD_AT + 4, METHOD_AT + 12)])
}

function open({ vhost }) {
  return method(0x000a_0028, [short(vhost), short(''), Buffer.alloc(1)])
}

function method(id, fields) {
  const payload = Buffer.concat([u32(id), ...fields])
  return Buffer.concat([Buffer.from([1, 0, 0]), u32(payload.length), payload, Buffer.from([0xce])])
}

function short(text) {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

function u32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
