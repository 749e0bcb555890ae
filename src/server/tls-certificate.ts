/**
 * The certificate of this broker: read from its files, checked before anything listens with it, and read again when they
 * change. What is new and unusable leaves the old one in use: a renewal that went wrong is an error in the log and no
 * outage. Knows no servers; they are told.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync, type Stats, statSync } from 'node:fs'
import { createSecureContext, type SecureVersion } from 'node:tls'
import type { Logger } from '../logger'
import { describedCertificate } from './tls-description'

export interface CertificateFiles {
  readonly tlsCert: string
  /** Undefined: in the file of the certificate. */
  readonly tlsKey?: string | undefined
  readonly tlsKeyPassword?: string | undefined
  readonly tlsCa?: string | undefined
  readonly tlsMinVersion: '1.2' | '1.3'
}

/** For `tls.createServer`, `https.createServer` and their `setSecureContext`. */
export interface TlsOptions {
  readonly cert: Buffer
  readonly key: Buffer
  readonly passphrase?: string
  readonly ca?: Buffer
  readonly minVersion: SecureVersion
}

/** The message is one line, made to be shown to whoever set the files. */
export class UnusableCertificate extends Error {
  override readonly name = 'UnusableCertificate'
}

export class TlsCertificate {
  private current: Loaded
  /** What the files looked like before they were last read, usable or not: `looksOf` each. */
  looks: readonly string[]
  private readonly listeners = new Set<(options: TlsOptions) => void>()

  /** @throws UnusableCertificate */
  constructor(
    private readonly files: CertificateFiles,
    private readonly logger: Logger,
  ) {
    this.looks = this.look()
    this.current = load(files)
  }

  get options(): TlsOptions {
    return this.current.options
  }

  get paths(): readonly string[] {
    const { tlsCert, tlsKey, tlsCa } = this.files
    return [tlsCert, tlsKey, tlsCa].filter(path => path !== undefined)
  }

  /** Connections that are there keep what they have; new ones get the new one. */
  onReloaded(listener: (options: TlsOptions) => void): void {
    this.listeners.add(listener)
  }

  /** Reads the files again. False: they cannot be used, and the old ones stay. */
  reload(): boolean {
    this.looks = this.look()
    try {
      this.current = load(this.files)
    } catch (cause) {
      if (!(cause instanceof UnusableCertificate)) throw cause
      this.logger.error({ reason: cause.message }, 'the new certificate cannot be used: the old one stays')
      return false
    }
    for (const listener of this.listeners) listener(this.current.options)
    this.logger.info({ subject: this.current.subject }, 'the certificate was read again')
    return true
  }

  private look(): string[] {
    return this.paths.map(path => {
      try {
        return looksOf(statSync(path))
      } catch (cause) {
        return looksOf(cause)
      }
    })
  }
}

/** Another file, or another content, looks different. */
export function looksOf(stats: unknown): string {
  if (stats instanceof Error) return (stats as NodeJS.ErrnoException).code ?? stats.message
  const { mtimeMs, size, ino } = stats as Stats
  return `${mtimeMs}/${size}/${ino}`
}

interface Loaded {
  readonly options: TlsOptions
  readonly subject: string
}

function load(files: CertificateFiles): Loaded {
  const { tlsCert, tlsKey = tlsCert, tlsCa, tlsKeyPassword } = files
  const cert = readPem('tlsCert', tlsCert)
  const key = readPem('tlsKey', tlsKey)
  const ca = tlsCa === undefined ? undefined : readPem('tlsCa', tlsCa)
  const certificate = certificateIn('tlsCert', tlsCert, cert)
  if (tlsCa !== undefined && ca !== undefined) certificateIn('tlsCa', tlsCa, ca)
  if (!certificate.checkPrivateKey(privateKeyIn(tlsKey, key, tlsKeyPassword))) {
    throw new UnusableCertificate(`tlsKey ${tlsKey}: does not belong to the certificate in ${tlsCert}`)
  }
  const options: TlsOptions = {
    cert,
    key,
    ...(tlsKeyPassword === undefined ? {} : { passphrase: tlsKeyPassword }),
    ...(ca === undefined ? {} : { ca }),
    minVersion: `TLSv${files.tlsMinVersion}`,
  }
  try {
    createSecureContext(options)
  } catch (cause) {
    throw new UnusableCertificate(`tlsCert ${tlsCert}: cannot be used: ${reasonOf(cause)}`)
  }
  return {
    options,
    subject: describedCertificate(certificate).subject,
  }
}

function readPem(option: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new UnusableCertificate(`${option} ${path}: cannot be read: ${(cause as Error).message}`)
  }
}

function certificateIn(option: string, path: string, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new UnusableCertificate(`${option} ${path}: holds no certificate in PEM form`)
  }
}

function privateKeyIn(path: string, pem: Buffer, password: string | undefined): KeyObject {
  try {
    return createPrivateKey(password === undefined ? pem : { key: pem, passphrase: password })
  } catch (cause) {
    throw new UnusableCertificate(`tlsKey ${path}: ${whyNoKey(pem, cause, password)}`)
  }
}

function whyNoKey(pem: Buffer, cause: unknown, password: string | undefined): string {
  if (pem.includes('ENCRYPTED')) {
    return password === undefined
      ? 'is encrypted, and no tlsKeyPassword is given'
      : 'tlsKeyPassword does not open it'
  }
  if (!pem.includes('PRIVATE KEY')) return 'holds no private key in PEM form'
  return `cannot be used: ${reasonOf(cause)}`
}

/** OpenSSL's texts have addresses and paths of its sources in them; what went wrong is the `reason`. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const { reason, code, message } = cause as NodeJS.ErrnoException & { reason?: string }
  return reason ?? (message.includes(':error:') ? (code ?? message) : message)
}
