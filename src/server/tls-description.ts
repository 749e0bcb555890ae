/** What TLS agreed on and who the peer says it is, in RabbitMQ's words. Knows no sockets. */
import type { X509Certificate } from 'node:crypto'
import type { PeerCertificate, SubjectAltName, TlsDescription } from './transport'

/**
 * `version`: `TLSv1.3`. `suite`: its name in the standard, `TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256`, whose last part is
 * the hash of its MAC, or of something nobody asks for where the cipher authenticates itself.
 */
export function tlsDescription(
  version: string,
  suite: string,
  peerCertificate: X509Certificate | undefined,
): TlsDescription {
  const [, keyExchange, cipher = '', last = ''] =
    /^TLS_(?:(.+)_WITH_)?(.+?)(?:_(SHA\d*|MD5))?$/.exec(suite) ?? []
  const isAead = /_(GCM|CCM(_8)?|POLY1305)$/.test(cipher)
  return {
    protocol: version.toLowerCase(),
    cipher: cipher.toLowerCase(),
    keyExchange: keyExchange?.toLowerCase() ?? 'any',
    hash: isAead ? 'aead' : last.toLowerCase(),
    ...(peerCertificate === undefined ? {} : { peerCertificate: describedCertificate(peerCertificate) }),
  }
}

export function describedCertificate(certificate: X509Certificate): PeerCertificate {
  const commonNames = [...namesOf(certificate.subject).flat()]
    .filter(({ type }) => type === 'CN')
    .map(({ escaped }) => unescaped(escaped))
  return {
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    serialNumber: certificate.serialNumber.replace(/^0+(?=.)/, ''),
    validity: `${timeOf(certificate.validFrom)} - ${timeOf(certificate.validTo)}`,
    commonName: commonNames.length === 0 ? undefined : commonNames.join(','),
    subjectAltNames: alternativeNames(certificate.subjectAltName ?? ''),
  }
}

interface Attribute {
  /** OpenSSL's short name. */
  readonly type: string
  readonly escaped: string
}

/** RabbitMQ has names for these, and numbers for all others. */
const ATTRIBUTE_NAMES = new Map([
  ['GN', 'GIVENNAME'],
  ['initials', 'INITIALS'],
  ['generationQualifier', 'GENERATIONQUALIFIER'],
  ['title', 'TITLE'],
  ['serialNumber', 'SERIALNUMBER'],
  ['pseudonym', 'PSEUDONYM'],
  ['emailAddress', 'EMAILADDRESS'],
  ['street', '2.5.4.9'],
  ['description', '2.5.4.13'],
  ['businessCategory', '2.5.4.15'],
  ['postalCode', '2.5.4.17'],
  ['name', '2.5.4.41'],
  ['x500UniqueIdentifier', '2.5.4.45'],
  ['dnQualifier', '2.5.4.46'],
  ['organizationIdentifier', '2.5.4.97'],
])

/** RFC 4514: the last name first. */
function distinguishedName(subject: string): string {
  return namesOf(subject)
    .reverse()
    .map(attributes =>
      attributes
        .map(({ type, escaped }) => `${ATTRIBUTE_NAMES.get(type) ?? type}=${plainAscii(escaped)}`)
        .join('+'),
    )
    .join(',')
}

/**
 * Node's form: a name per line, the attributes of one that has several with ` + ` between them; what would be mistaken
 * for any of that is escaped with a backslash, line feeds too.
 */
function namesOf(subject: string): Attribute[][] {
  if (subject === '') return []
  return subject.split('\n').map(line =>
    line
      .replace(/\\.| \+ /g, found => (found === ' + ' ? '\n' : found))
      .split('\n')
      .map(attribute => {
        const equals = attribute.indexOf('=')
        return { type: attribute.slice(0, equals), escaped: attribute.slice(equals + 1) }
      }),
  )
}

/** RabbitMQ escapes each byte that is not printable ASCII, and the tilde. */
function plainAscii(escaped: string): string {
  return escaped.replace(/[^ -}]/gu, character =>
    [...Buffer.from(character)].map(byte => `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

function unescaped(escaped: string): string {
  const bytes: Buffer[] = []
  for (const [part, hex] of escaped.matchAll(/\\([0-9A-F]{2})|\\.|[^\\]+/gu)) {
    if (hex !== undefined) bytes.push(Buffer.from(hex, 'hex'))
    else bytes.push(Buffer.from(part.startsWith('\\') ? part.slice(1) : part))
  }
  return Buffer.concat(bytes).toString()
}

/** `Nov 23 14:40:48 2026 GMT` → `2026-11-23T14:40:48Z` */
function timeOf(text: string): string {
  return new Date(Date.parse(text)).toISOString().replace('.000', '')
}

const ALTERNATIVE_NAMES = new Map<string, SubjectAltName['type']>([
  ['DNS', 'dns'],
  ['IP Address', 'ip'],
  ['email', 'email'],
  ['URI', 'uri'],
  ['othername', 'other_name'],
])

/** `DNS:localhost, IP Address:127.0.0.1`; Node writes what could be mistaken as a JSON text. */
function alternativeNames(text: string): SubjectAltName[] {
  const found = text.matchAll(/(?:^|, )([A-Za-z ]+):("(?:\\.|[^"\\])*"|[^",]*)/g)
  return [...found].flatMap(([, kind = '', value = '']) => {
    const type = ALTERNATIVE_NAMES.get(kind)
    if (type === undefined) return []
    return [{ type, value: value.startsWith('"') ? String(JSON.parse(value)) : value }]
  })
}
