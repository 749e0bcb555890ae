/**
 * Every option of Leveret, in one table. Types, parsing, flags, `--help` and `docs/reference/options.md` are all made
 * from it, so an option is added here (some groups: in their parts of the table) and nowhere else. The key is the
 * only name: its flag and its environment variable are spelled from it (`frameMax` is `--frame-max` and `LEVERET_FRAME_MAX`).
 */
import { backPressureOptionTable } from './back-pressure-options'
import { limitOptionTable } from './limit-options'
import { managementOptionTable } from './management-options'
import type { OptionSpec, PathOption, ValueOf } from './option-spec'
import { tlsOptionTable } from './tls-options'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

export const optionTable = {
  host: {
    type: 'text',
    group: 'Listening',
    default: '127.0.0.1',
    description:
      'Address to listen on. Only this machine can connect unless told otherwise; 0.0.0.0 is every IPv4 interface, :: every interface.',
  },
  port: {
    type: 'integer',
    group: 'Listening',
    default: 5672,
    min: 0,
    max: 65535,
    zero: 'a free port',
    off: 'no such port',
    description:
      'Port for AMQP 0-9-1. Without it only TLS, the unix socket and WebSocket are left, if they are on (RabbitMQ: listeners.tcp = none).',
  },
  ...managementOptionTable,
  definitions: {
    type: 'path',
    to: 'file',
    group: 'First user',
    default: undefined,
    description:
      'JSON file of definitions, RabbitMQ’s or Leveret’s, imported at every start before anyone can connect (RabbitMQ: load_definitions). A new broker gets no first user then, if the file has users.',
  },
  skipUnchangedDefinitions: {
    type: 'boolean',
    group: 'First user',
    default: false,
    description:
      'Import that file only when it is another one than the last that was imported (RabbitMQ: definitions.skip_if_unchanged).',
  },
  handshakeTimeout: {
    type: 'integer',
    group: 'Listening',
    default: 10000,
    min: 1,
    max: 3600000,
    unit: 'ms',
    description: 'How long a new connection may take to be opened before it is closed.',
  },
  socket: {
    type: 'path',
    to: 'file',
    group: 'Listening',
    default: undefined,
    description:
      'Unix socket to listen on for AMQP 0-9-1, besides the port. Its owner and group may connect, and count as coming from this machine. What a broker that died left there is replaced.',
  },
  proxyProtocol: {
    type: 'text',
    group: 'Listening',
    default: undefined,
    description:
      'Addresses and networks of proxies, separated by commas (10.0.0.7,192.168.0.0/16,::1), whose connections must begin with a PROXY protocol header, version 1 or 2; the addresses it announces are those of the client. Connections from elsewhere are taken as they are (RabbitMQ: proxy_protocol, for everybody).',
  },
  ...tlsOptionTable,
  dataDir: {
    type: 'path',
    to: 'folder',
    group: 'Storage',
    default: undefined,
    description:
      'Folder for the database: durable queues, exchanges, bindings and persistent messages outlive the broker. `leveret serve` takes leveret-data in the working folder unless told otherwise; an embedded broker without it keeps everything in memory.',
  },
  inMemory: {
    type: 'boolean',
    group: 'Storage',
    default: false,
    description: 'Keep everything in memory, even when a data folder is given.',
  },
  durability: {
    type: 'choice',
    group: 'Storage',
    default: 'fsync',
    values: ['fsync', 'os'],
    description:
      'What a confirm promises: fsync: the message is kept through a power cut; os: through a crash of the broker, not of the machine.',
  },
  ...backPressureOptionTable,
  ...limitOptionTable,
  defaultUser: {
    type: 'text',
    group: 'First user',
    default: 'guest',
    alsoEnvironment: 'RABBITMQ_DEFAULT_USER',
    description: 'Name of the user a new broker has.',
  },
  defaultPass: {
    type: 'text',
    group: 'First user',
    default: 'guest',
    alsoEnvironment: 'RABBITMQ_DEFAULT_PASS',
    secret: true,
    description:
      'Password of that user. Other users of this machine can read flags; prefer the environment or the config file.',
  },
  defaultVhost: {
    type: 'text',
    group: 'First user',
    default: '/',
    alsoEnvironment: 'RABBITMQ_DEFAULT_VHOST',
    description: 'Virtual host a new broker has.',
  },
  loopbackUsers: {
    type: 'text',
    group: 'Access',
    default: 'guest',
    description:
      'Users who may log in from this machine only, with commas between them; none: everybody may from everywhere (RabbitMQ: loopback_users).',
  },
  slowGuessers: {
    type: 'boolean',
    group: 'Access',
    default: true,
    embeddedDefault: false,
    description:
      'Hold refusals of logins back longer and longer for those who fail again and again. A broker in a test, where wrong passwords are tried on purpose, does not.',
  },
  sslCertLoginFrom: {
    type: 'choice',
    group: 'Access',
    default: 'distinguished_name',
    values: ['distinguished_name', 'common_name', 'subject_alternative_name'],
    description:
      "Where in a client's certificate the name of its user is, for the mechanism EXTERNAL (RabbitMQ: ssl_cert_login_from).",
  },
  sslCertLoginSanType: {
    type: 'choice',
    group: 'Access',
    default: 'dns',
    values: ['dns', 'ip', 'email', 'uri', 'other_name'],
    description: 'Which kind of subject alternative name it is (RabbitMQ: ssl_cert_login_san_type).',
  },
  sslCertLoginSanIndex: {
    type: 'integer',
    group: 'Access',
    default: 0,
    min: 0,
    max: 255,
    description: 'Which of those names, from 0 on (RabbitMQ: ssl_cert_login_san_index).',
  },
  product: {
    type: 'text',
    group: 'Identity',
    default: 'RabbitMQ',
    description:
      'Product name announced to clients. Many of them look for RabbitMQ before they use its extensions.',
  },
  compat: {
    type: 'choice',
    group: 'Identity',
    default: '4.2',
    values: ['3.13', '4.2', '4.3'],
    description:
      'RabbitMQ version to be compatible with, where versions exclude each other: 4.2 takes whatever works with any from 3.8 to 4.3; 3.13 and 4.3 are as strict as that version. docs/reference/compat.md says what each does.',
  },
  logLevel: {
    type: 'choice',
    group: 'Logging',
    default: 'info',
    embeddedDefault: 'warn',
    values: logLevels,
    description: 'What is logged, to standard error: lines for people on a terminal, JSON otherwise.',
  },
  eventExchange: {
    type: 'boolean',
    group: 'Watching',
    default: false,
    description:
      'Have the exchange amq.rabbitmq.event in the default virtual host: a message for every connection, queue, binding and so on that comes or goes (RabbitMQ: the plugin rabbitmq_event_exchange).',
  },
  logExchange: {
    type: 'choice',
    group: 'Watching',
    default: 'off',
    values: ['off', 'debug', 'info', 'warn', 'error'],
    description:
      'Have the exchange amq.rabbitmq.log in the default virtual host, for log lines of this level or above, whatever logLevel says (RabbitMQ: log.exchange and log.exchange.level).',
  },
  setHeaderTimestamp: {
    type: 'choice',
    group: 'Message interceptors',
    default: 'off',
    values: ['off', 'keep', 'overwrite'],
    description:
      'Give published messages the header timestamp_in_ms and the property timestamp; keep: unless they have them (RabbitMQ: message_interceptors.incoming.set_header_timestamp.overwrite).',
  },
  setHeaderRoutingNode: {
    type: 'choice',
    group: 'Message interceptors',
    default: 'off',
    values: ['off', 'keep', 'overwrite'],
    description:
      'Give published messages the header x-routed-by with the name of the node; keep: unless they have it (RabbitMQ: message_interceptors.incoming.set_header_routing_node.overwrite).',
  },
  sentTimestamp: {
    type: 'boolean',
    group: 'Message interceptors',
    default: false,
    description:
      'Give delivered messages the header x-opt-rabbitmq-sent-time, in milliseconds (RabbitMQ: message_interceptors.outgoing.timestamp.enabled).',
  },
} as const satisfies Record<string, OptionSpec>

export type OptionKey = keyof typeof optionTable
export const optionKeys = Object.keys(optionTable) as OptionKey[]

/** Names the file that holds options, so it is no option of a broker: a flag and a variable of the command line only. */
export const configFileOption: PathOption = {
  type: 'path',
  to: 'file',
  group: 'Storage',
  default: undefined,
  description: 'JSON file with options. Flags and the environment win over it.',
}

/** Every option with its value. */
export type ResolvedOptions = { readonly [Key in OptionKey]: ValueOf<(typeof optionTable)[Key]> }

/** What `createBroker` takes: any of the options. */
export type BrokerOptions = { readonly [Key in OptionKey]?: ResolvedOptions[Key] | undefined }

export type LogLevel = (typeof logLevels)[number]
