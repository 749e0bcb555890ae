/** A user's name from a client's certificate, as rabbitmq_auth_mechanism_ssl finds it. Believes what TLS has verified. */
import type { PeerCertificate, SubjectAltName } from './transport'

export interface CertificateLogin {
  readonly from: 'distinguished_name' | 'common_name' | 'subject_alternative_name'
  readonly sanType: SubjectAltName['type']
  /** Which of those of this type, from 0 on. */
  readonly sanIndex: number
}

/** RabbitMQ's defaults. */
export const CERTIFICATE_LOGIN: CertificateLogin = { from: 'distinguished_name', sanType: 'dns', sanIndex: 0 }

/** Undefined: the certificate has no such name. */
export function nameOfCertificate(
  certificate: PeerCertificate,
  { from, sanType, sanIndex }: CertificateLogin,
): string | undefined {
  if (from === 'distinguished_name') return certificate.subject || undefined
  if (from === 'common_name') return certificate.commonName
  return certificate.subjectAltNames.filter(({ type }) => type === sanType)[sanIndex]?.value
}
