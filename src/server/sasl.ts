/**
 * SASL: the response of connection.start-ok to credentials. Knows no users and no sockets. Invariant: nothing from a
 * response gets into a text, malformed or not; its bytes are the password.
 *
 * What the handshake does with the outcome, as RabbitMQ does (observed on 3.10.8; C = the client announced the
 * capability `authentication_failure_close`):
 *
 *      outcome                      frame                          then
 *      accepted                     connection.tune                at once
 *      refused, C                   connection.close 403, at once  class and method 0; waits for close-ok, 3 s at most
 *      refused, without C           none                           3 s of silence
 *      malformed, C or not          none (502 in the log only)     3 s of silence
 *      unknown mechanism, C or not  none (503 in the log only)     3 s of silence
 *
 * What is refused again and again is refused the later (auth/login-throttle), close and silence alike;
 * and then drops the socket by a reset, without FIN. Frames that come in while it waits are ignored (what is no frame,
 * and the peer's FIN, end the wait). The locale is never looked at: 'xx_YY' is tuned like 'en_US'.
 */
import { Undecodable } from '../amqp/errors'
import { Reader } from '../amqp/reader'
import { type FieldTable, readTable } from '../amqp/table'
import type { Credentials } from '../auth/authenticator'
import { CERTIFICATE_LOGIN, type CertificateLogin, nameOfCertificate } from './certificate-login'
import type { PeerCertificate } from './transport'

/** Nothing is said to the peer; `reason` is for our log. */
export interface MalformedResponse {
  readonly kind: 'malformed'
  readonly reason: string
}

export interface SaslMechanism {
  readonly name: string
  /** The password is a view of `response` and lives as long as its bytes. */
  parse(response: Buffer): Credentials | MalformedResponse
}

/** RabbitMQ: how long a peer that could not log in is left waiting before its socket is dropped. */
export const LOGIN_FAILURE_DELAY_MS = 3000

/** After `ACCESS_REFUSED - ` in the connection.close (403) that a refused peer may hear. Never why. */
export function loginRefusedText(mechanism: string): string {
  return `Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`
}

const NUL = 0

/**
 * RFC 4616: `[authzid] NUL authcid NUL passwd`.
 * RabbitMQ: no authzid (the first byte is NUL), exactly two NULs, and any bytes between them; 'guest NUL guest' and
 * 'me NUL guest NUL guest' are malformed alike.
 */
const plain: SaslMechanism = {
  name: 'PLAIN',
  parse(response) {
    const second = response.indexOf(NUL, 1)
    const wellFormed = response[0] === NUL && second !== -1 && response.indexOf(NUL, second + 1) === -1
    if (!wellFormed) return malformed('PLAIN', response)
    return {
      kind: 'password',
      user: response.toString('utf8', 1, second),
      password: response.subarray(second + 1),
    }
  },
}

/**
 * AMQP 0-9: the content of a field table, without its size, that holds LOGIN and PASSWORD; other keys are ignored.
 * RabbitMQ: the names are in upper case only, and with a size in front it is malformed.
 */
const amqplain: SaslMechanism = {
  name: 'AMQPLAIN',
  parse(response) {
    const table = tableContent(response)
    const user = table && bytesOf(table, 'LOGIN')
    const password = table && bytesOf(table, 'PASSWORD')
    if (user === undefined || password === undefined) return malformed('AMQPLAIN', response)
    return { kind: 'password', user: user.toString('utf8'), password }
  },
}

/** RFC 4505: the response may hold a trace (an e-mail address, say); RabbitMQ ignores it, whatever it is. */
const anonymous: SaslMechanism = {
  name: 'ANONYMOUS',
  parse: () => ({ kind: 'anonymous' }),
}

/** RFC 4422, appendix A. RabbitMQ: who it is says the certificate; the response is ignored. */
const EXTERNAL = 'EXTERNAL'

/** In the order they are announced. A new mechanism is added here. */
const KNOWN: readonly SaslMechanism[] = [plain, amqplain, anonymous]

/**
 * The mechanisms a listener offers: all, or some. RabbitMQ leaves ANONYMOUS out where no anonymous user is configured.
 * EXTERNAL is for those who came with a certificate that TLS believes.
 */
export class SaslMechanisms {
  private readonly offered: readonly SaslMechanism[]

  constructor(
    private readonly names: readonly string[] = KNOWN.map(mechanism => mechanism.name),
    private readonly certificateLogin: CertificateLogin = CERTIFICATE_LOGIN,
  ) {
    this.offered = names.map(known)
  }

  /** For connection.start: names with a space between them. */
  announced(certificate?: PeerCertificate): string {
    return [...this.names, ...(certificate === undefined ? [] : [EXTERNAL])].join(' ')
  }

  /** By its exact name, as in RabbitMQ: there is no 'plain'. */
  find(name: string, certificate?: PeerCertificate): SaslMechanism | undefined {
    if (name === EXTERNAL && certificate !== undefined) {
      const user = nameOfCertificate(certificate, this.certificateLogin)
      return { name, parse: () => ({ kind: 'external', user }) }
    }
    return this.offered.find(mechanism => mechanism.name === name)
  }
}

function known(name: string): SaslMechanism {
  const found = KNOWN.find(mechanism => mechanism.name === name)
  if (found === undefined) throw new RangeError(`unknown authentication mechanism '${name}'`)
  return found
}

function malformed(mechanism: string, response: Buffer): MalformedResponse {
  return { kind: 'malformed', reason: `${mechanism} response of ${response.length} bytes invalid` }
}

/** The codec reads tables with their size, and this one comes without. */
function tableContent(response: Buffer): FieldTable | undefined {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(response.length)
  try {
    return readTable(new Reader(Buffer.concat([size, response])))
  } catch (error) {
    if (error instanceof Undecodable) return undefined
    throw error
  }
}

function bytesOf(table: FieldTable, key: string): Buffer | undefined {
  const field = table.get(key)
  return field?.type === 'S' || field?.type === 'x' ? field.value : undefined
}
