/** Payloads as people read them: JSON indented, bytes that are no text as a hexadecimal dump. */
import type { Message } from '../api/message-types'

export interface PayloadText {
  readonly text: string
  readonly kind: 'JSON' | 'text' | 'bytes' | 'base64' | 'empty'
  readonly isCut: boolean
}

const bytesInLine = 16
/** Of a dump: it is five times as long as what it shows. */
const dumpBytesMax = 64 * 1024
const previewLength = 240
const previewBytes = 32

export function payloadText(message: Message, isReadable: boolean): PayloadText {
  const { payload, payload_encoding: encoding, payload_bytes: size } = message
  if (size === 0) return { text: '', kind: 'empty', isCut: false }
  const plain = plainText(message)
  if (plain === undefined) {
    const bytes = bytesOf(message)
    if (!isReadable)
      return { text: payload, kind: encoding === 'base64' ? 'base64' : 'text', isCut: bytes.length < size }
    const shown = bytes.subarray(0, dumpBytesMax)
    return { text: dump(shown), kind: 'bytes', isCut: shown.length < size }
  }
  // a character that was cut in two is not counted
  const isCut = new TextEncoder().encode(plain).length < size
  const indented = isReadable ? indentedJson(plain) : undefined
  return indented === undefined
    ? { text: plain, kind: 'text', isCut }
    : { text: indented, kind: 'JSON', isCut }
}

/** A line or two of it. */
export function previewOf(message: Message): string {
  const plain = plainText(message)
  if (plain === undefined) {
    const bytes = bytesOf(message)
    const shown = hexadecimal(bytes.subarray(0, previewBytes))
    return bytes.length > previewBytes ? `${shown} …` : shown
  }
  const text = plain.slice(0, 2 * previewLength).replace(/\s+/g, ' ')
  return text.length > previewLength ? `${text.slice(0, previewLength)}…` : text
}

/** Undefined when there is something in it that nobody can read. */
function plainText(message: Message): string | undefined {
  const text = message.payload_encoding === 'string' ? message.payload : cutText(message)
  return text === undefined || hasControls(text) ? undefined : text
}

/** Text that was cut inside a character comes as bytes: it is text all the same. */
function cutText(message: Message): string | undefined {
  const bytes = bytesOf(message)
  if (bytes.length >= message.payload_bytes) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return undefined
  }
}

/** Other than those that part words and lines. */
function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 32 && (code < 9 || code > 13)) return true
  }
  return false
}

/** Numbers that a double cannot hold would change: then it stays as it is. */
function indentedJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text) || /\d{16,}/.test(text)) return undefined
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return undefined
  }
}

function bytesOf({ payload, payload_encoding: encoding }: Message): Uint8Array {
  if (encoding === 'string') return new TextEncoder().encode(payload)
  return Uint8Array.from(atob(payload), character => character.charCodeAt(0))
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(' ')
}

function dump(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += bytesInLine) {
    const part = bytes.subarray(at, at + bytesInLine)
    const text = Array.from(part, byte => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join(
      '',
    )
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hexadecimal(part).padEnd(bytesInLine * 3)} ${text}`)
  }
  return lines.join('\n')
}
