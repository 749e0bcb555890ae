import { X509Certificate } from 'node:crypto'
import { describedCertificate, tlsDescription } from '../../src/server/tls-description'
import { certificateFile } from '../support/certificates'

// Erlang's own description of these suites, by `ssl:str_to_suite`.
describe('what TLS agreed on', () => {
  it.each([
    ['TLS_AES_256_GCM_SHA384', 'any', 'aes_256_gcm', 'aead'],
    ['TLS_CHACHA20_POLY1305_SHA256', 'any', 'chacha20_poly1305', 'aead'],
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ecdhe_rsa', 'aes_256_gcm', 'aead'],
    ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ecdhe_ecdsa', 'chacha20_poly1305', 'aead'],
    ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', 'ecdhe_rsa', 'aes_128_cbc', 'sha256'],
    ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ecdhe_rsa', 'aes_256_cbc', 'sha'],
    ['TLS_RSA_WITH_AES_128_CBC_SHA', 'rsa', 'aes_128_cbc', 'sha'],
    ['TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', 'dhe_rsa', 'aes_128_gcm', 'aead'],
    ['TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', 'ecdhe_ecdsa', 'aes_128_ccm_8', 'aead'],
  ])('is told in the words of RabbitMQ: %s', (suite, keyExchange, cipher, hash) => {
    expect(tlsDescription('TLSv1.2', suite, undefined)).toEqual({
      protocol: 'tlsv1.2',
      keyExchange,
      cipher,
      hash,
    })
  })
})

describe('a client certificate', () => {
  it('is told by its names', () => {
    expect(describedCertificate(certificate('client'))).toEqual({
      subject: 'O=client,CN=alice',
      issuer: 'CN=Leveret test authority',
      serialNumber: expect.stringMatching(/^[1-9A-F][0-9A-F]+$/),
      validity: expect.stringMatching(
        /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ - 21\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      ),
      commonName: 'alice',
      subjectAltNames: [
        { type: 'dns', value: 'alice.example' },
        { type: 'email', value: 'alice@example.org' },
        { type: 'uri', value: 'urn:alice' },
      ],
    })
  })

  // By `rabbit_cert_info:subject` and `rabbit_ssl:peer_cert_subject_items` of RabbitMQ 3.10.8.
  it('with odd characters in its names is told as RabbitMQ does', () => {
    const { subject, commonName } = describedCertificate(certificate('odd'))
    expect(subject).toBe(
      'CN=zwei,UID=7+EMAILADDRESS=o@example.org,' +
        'CN=\\ a#b\\;\\<c\\>\\7E\\\\d\\ ,O=M\\C3\\BCller\\, S\\C3\\B6hne \\+ \\"Co\\",C=DE',
    )
    expect(commonName).toBe(' a#b;<c>~\\d ,zwei')
  })

  it('may have addresses among its other names', () => {
    expect(describedCertificate(certificate('server')).subjectAltNames).toContainEqual({
      type: 'ip',
      value: '127.0.0.1',
    })
  })
})

function certificate(name: string): X509Certificate {
  return new X509Certificate(certificateFile(`${name}.pem`))
}
