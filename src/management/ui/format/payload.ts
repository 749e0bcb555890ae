/** Payloads as people read them: JSON indented, bytes that are no text as a hexadecimal dump. */
import type { Message } from '../api/message-types'

export interface PayloadText {
  readonly text: string
  readonly kind: 'JSON' | 'text' | 'bytes' | 'base64' | 'empty'
  readonly isCut: boolean
}

const bytesInLine = 16

export function payloadText(message: Message, isReadable: boolean): PayloadText {
  const { payload, payload_encoding: encoding, payload_bytes: size } = message
  if (size === 0) return { text: '', kind: 'empty', isCut: false }
  if (encoding === 'base64') {
    const bytes = bytesOf(payload)
    const isCut = bytes.length < size
    return isReadable ? { text: dump(bytes), kind: 'bytes', isCut } : { text: payload, kind: 'base64', isCut }
  }
  const isCut = new TextEncoder().encode(payload).length < size
  const indented = isReadable ? indentedJson(payload) : undefined
  return indented === undefined
    ? { text: payload, kind: 'text', isCut }
    : { text: indented, kind: 'JSON', isCut }
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

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0))
}

function dump(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += bytesInLine) {
    const part = [...bytes.subarray(at, at + bytesInLine)]
    const hex = part.map(byte => byte.toString(16).padStart(2, '0')).join(' ')
    const text = part.map(byte => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(bytesInLine * 3)} ${text}`)
  }
  return lines.join('\n')
}
