/** Which listeners' certificates end soon, for the health check of that name. */
import { X509Certificate } from 'node:crypto'
import { NODE_NAME } from '../../broker/names'
import type { ListenerView } from '../management'
import { badRequest } from '../problems'

const SECONDS: Readonly<Record<string, number>> = {
  days: 86_400,
  weeks: 86_400 * 7,
  months: (86_400 * 365) / 12,
  years: 86_400 * 365,
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** RabbitMQ's texts. @throws Problem 400 */
export function secondsOf(within: string, unit: string): number {
  if (!/^[+-]?\d{1,9}$/.test(within)) throw badRequest('Invalid expiration value.')
  const seconds = SECONDS[unit.toLowerCase()]
  if (seconds === undefined)
    throw badRequest('Time unit not recognised. Supported units: days, weeks, months, years.')
  return Number(within) * seconds
}

/** `deadline`: milliseconds since 1970. */
export function expiringCertificates(listeners: readonly ListenerView[], deadline: number): object[] {
  return listeners.flatMap(({ protocol, host, port, certificate }) => {
    if (certificate === undefined) return []
    const own = endsBefore(certificate.certificates, deadline)
    const authorities = endsBefore(certificate.authorities, deadline)
    if (own.length === 0 && authorities.length === 0) return []
    const { certificateFile, authoritiesFile = '' } = certificate
    return [
      {
        node: NODE_NAME,
        protocol,
        interface: host,
        port,
        certfile: certificateFile,
        cacertfile: authoritiesFile,
        certfile_expires_on: own,
        cacertfile_expires_on: authorities,
      },
    ]
  })
}

/** RabbitMQ's dates: `2026-01-31 9:05:00`. */
function endsBefore(pem: Buffer | undefined, deadline: number): string[] {
  const blocks = pem?.toString('latin1').match(PEM) ?? []
  return blocks
    .map(block => new Date(new X509Certificate(block).validTo))
    .filter(end => end.getTime() < deadline)
    .map(end => {
      const [date, time = ''] = end.toISOString().split(/[T.]/)
      return `${date} ${time.replace(/^0/, '')}`
    })
}
