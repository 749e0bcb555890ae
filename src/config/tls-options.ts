/** The part of the option table about TLS. */
import type { OptionSpec } from './option-spec'

export const tlsOptionTable = {
  tlsCert: {
    type: 'path',
    to: 'file',
    group: 'TLS',
    default: undefined,
    description:
      'Certificate of this broker in PEM form, with its intermediate certificates behind it. With it the broker listens on tlsPort. The files are read again when they change, or on SIGHUP (RabbitMQ: ssl_options.certfile).',
  },
  tlsKey: {
    type: 'path',
    to: 'file',
    group: 'TLS',
    default: undefined,
    description:
      'Private key of the certificate in PEM form; unless given it is looked for in the file tlsCert (RabbitMQ: ssl_options.keyfile).',
  },
  tlsKeyPassword: {
    type: 'text',
    group: 'TLS',
    default: undefined,
    secret: true,
    description:
      'Password of the private key. Other users of this machine can read flags; prefer the environment or the config file (RabbitMQ: ssl_options.password).',
  },
  tlsCa: {
    type: 'path',
    to: 'file',
    group: 'TLS',
    default: undefined,
    description:
      'Certificates, in PEM form, of the authorities whose client certificates are believed (RabbitMQ: ssl_options.cacertfile).',
  },
  tlsVerify: {
    type: 'choice',
    group: 'TLS',
    default: 'none',
    values: ['none', 'peer', 'peer-required'],
    description:
      'Whether clients of AMQP are asked for a certificate. peer: one they show must be of an authority of tlsCa; peer-required: and they must show one (RabbitMQ: ssl_options.verify and fail_if_no_peer_cert).',
  },
  tlsMinVersion: {
    type: 'choice',
    group: 'TLS',
    default: '1.2',
    values: ['1.2', '1.3'],
    description: 'Oldest version of TLS that is spoken (RabbitMQ: ssl_options.versions).',
  },
  tlsPort: {
    type: 'integer',
    group: 'TLS',
    default: 5671,
    min: 0,
    max: 65535,
    zero: 'a free port',
    description: 'Port for AMQP 0-9-1 over TLS; nothing listens there without tlsCert.',
  },
  tlsHandshakeTimeout: {
    type: 'integer',
    group: 'TLS',
    default: 5000,
    min: 1,
    max: 3600000,
    unit: 'ms',
    description:
      'How long the TLS handshake of a new connection may take before it is closed (RabbitMQ: ssl_handshake_timeout).',
  },
  managementTls: {
    type: 'boolean',
    group: 'TLS',
    default: false,
    description:
      'Speak HTTPS on the management port, with the certificate tlsCert (RabbitMQ: management.ssl).',
  },
} as const satisfies Record<string, OptionSpec>
