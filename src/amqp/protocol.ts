/**
 * AMQP 0-9-1 with RabbitMQ's extensions (amqp0-9-1.extended.xml) as tables written by hand. The typed methods and
 * reply codes are generated from them (`generate.ts`); the constants are used as they stand.
 * Names and the order of fields are the specification's. Knows nothing of how anything is read or written.
 */

/** Reply codes by the specification's names; `no-route` and `no-consumers` are soft errors. */
export const REPLY_CODES: Readonly<Record<string, number>> = {
  success: 200,
  'content-too-large': 311,
  'no-route': 312,
  'no-consumers': 313,
  'connection-forced': 320,
  'invalid-path': 402,
  'access-refused': 403,
  'not-found': 404,
  'resource-locked': 405,
  'precondition-failed': 406,
  'frame-error': 501,
  'syntax-error': 502,
  'command-invalid': 503,
  'channel-error': 504,
  'unexpected-frame': 505,
  'resource-error': 506,
  'not-allowed': 530,
  'not-implemented': 540,
  'internal-error': 541,
}

/**
 * One class per heading, one method per line: id, name, who may send it (C client, S server, CS both, + content
 * follows), then fields with their domains. `reserved-*` fields are zero on the wire and never surface.
 * RabbitMQ: connection.blocked and later, exchange.bind and later, basic.nack, confirm, and exchange.declare's
 * auto-delete and internal (reserved in 0-9-1) are its extensions; exchange.unbind-ok is 51, not 41. The access
 * class is 0-8's, kept for old clients; its bits `write` and `read` are renamed to leave those words to the codec.
 */
const CLASSES = `
connection 10
  10 start             S   version-major octet, version-minor octet, server-properties table, mechanisms longstr, locales longstr
  11 start-ok          C   client-properties table, mechanism shortstr, response longstr, locale shortstr
  20 secure            S   challenge longstr
  21 secure-ok         C   response longstr
  30 tune              S   channel-max short, frame-max long, heartbeat short
  31 tune-ok           C   channel-max short, frame-max long, heartbeat short
  40 open              C   virtual-host shortstr, reserved-1 shortstr, reserved-2 bit
  41 open-ok           S   reserved-1 shortstr
  50 close             CS  reply-code short, reply-text shortstr, class-id short, method-id short
  51 close-ok          CS
  60 blocked           S   reason shortstr
  61 unblocked         S
  70 update-secret     C   new-secret longstr, reason shortstr
  71 update-secret-ok  S

channel 20
  10 open              C   reserved-1 shortstr
  11 open-ok           S   reserved-1 longstr
  20 flow              CS  active bit
  21 flow-ok           CS  active bit
  40 close             CS  reply-code short, reply-text shortstr, class-id short, method-id short
  41 close-ok          CS

access 30
  10 request           C   realm shortstr, exclusive bit, passive bit, active bit, write-access bit, read-access bit
  11 request-ok        S   ticket short

exchange 40
  10 declare           C   reserved-1 short, exchange shortstr, type shortstr, passive bit, durable bit, auto-delete bit, internal bit, no-wait bit, arguments table
  11 declare-ok        S
  20 delete            C   reserved-1 short, exchange shortstr, if-unused bit, no-wait bit
  21 delete-ok         S
  30 bind              C   reserved-1 short, destination shortstr, source shortstr, routing-key shortstr, no-wait bit, arguments table
  31 bind-ok           S
  40 unbind            C   reserved-1 short, destination shortstr, source shortstr, routing-key shortstr, no-wait bit, arguments table
  51 unbind-ok         S

queue 50
  10 declare           C   reserved-1 short, queue shortstr, passive bit, durable bit, exclusive bit, auto-delete bit, no-wait bit, arguments table
  11 declare-ok        S   queue shortstr, message-count long, consumer-count long
  20 bind              C   reserved-1 short, queue shortstr, exchange shortstr, routing-key shortstr, no-wait bit, arguments table
  21 bind-ok           S
  30 purge             C   reserved-1 short, queue shortstr, no-wait bit
  31 purge-ok          S   message-count long
  40 delete            C   reserved-1 short, queue shortstr, if-unused bit, if-empty bit, no-wait bit
  41 delete-ok         S   message-count long
  50 unbind            C   reserved-1 short, queue shortstr, exchange shortstr, routing-key shortstr, arguments table
  51 unbind-ok         S

basic 60
  10 qos               C   prefetch-size long, prefetch-count short, global bit
  11 qos-ok            S
  20 consume           C   reserved-1 short, queue shortstr, consumer-tag shortstr, no-local bit, no-ack bit, exclusive bit, no-wait bit, arguments table
  21 consume-ok        S   consumer-tag shortstr
  30 cancel            CS  consumer-tag shortstr, no-wait bit
  31 cancel-ok         CS  consumer-tag shortstr
  40 publish           C+  reserved-1 short, exchange shortstr, routing-key shortstr, mandatory bit, immediate bit
  50 return            S+  reply-code short, reply-text shortstr, exchange shortstr, routing-key shortstr
  60 deliver           S+  consumer-tag shortstr, delivery-tag longlong, redelivered bit, exchange shortstr, routing-key shortstr
  70 get               C   reserved-1 short, queue shortstr, no-ack bit
  71 get-ok            S+  delivery-tag longlong, redelivered bit, exchange shortstr, routing-key shortstr, message-count long
  72 get-empty         S   reserved-1 shortstr
  80 ack               CS  delivery-tag longlong, multiple bit
  90 reject            C   delivery-tag longlong, requeue bit
  100 recover-async    C   requeue bit
  110 recover          C   requeue bit
  111 recover-ok       S
  120 nack             CS  delivery-tag longlong, multiple bit, requeue bit

confirm 85
  10 select            C   no-wait bit
  11 select-ok         S

tx 90
  10 select            C
  11 select-ok         S
  20 commit            C
  21 commit-ok         S
  30 rollback          C
  31 rollback-ok       S
`

/** Presence bits of the basic properties in the content header's flag word; fields follow in this order. */
export const PropertyFlag = {
  contentType: 0x8000, // shortstr
  contentEncoding: 0x4000, // shortstr
  headers: 0x2000, // table
  deliveryMode: 0x1000, // octet
  priority: 0x0800, // octet
  correlationId: 0x0400, // shortstr
  replyTo: 0x0200, // shortstr
  expiration: 0x0100, // shortstr
  messageId: 0x0080, // shortstr
  timestamp: 0x0040, // timestamp
  type: 0x0020, // shortstr
  userId: 0x0010, // shortstr
  appId: 0x0008, // shortstr
  clusterId: 0x0004, // shortstr: reserved in 0-9-1, passed on as RabbitMQ does
} as const

const DOMAINS = ['bit', 'octet', 'short', 'long', 'longlong', 'shortstr', 'longstr', 'table'] as const
export type Domain = (typeof DOMAINS)[number]

export interface ProtocolField {
  readonly name: string
  readonly domain: Domain
}

export interface ProtocolMethod {
  readonly className: string
  readonly name: string
  /** `class-id << 16 | method-id`: the first four octets of the method frame's payload as one number. */
  readonly id: number
  readonly fromClient: boolean
  readonly fromServer: boolean
  readonly carriesContent: boolean
  readonly fields: readonly ProtocolField[]
}

/** Every method of the table, in its order. */
export function protocolMethods(): ProtocolMethod[] {
  const methods: ProtocolMethod[] = []
  let className = ''
  let classId = 0
  for (const line of CLASSES.split('\n')) {
    const words = line.trim().split(/ +/)
    const [first = '', second = '', senders = ''] = words
    if (first === '') continue
    if (!line.startsWith(' ')) {
      className = first
      classId = Number(second)
      continue
    }
    methods.push({
      className,
      name: second,
      id: (classId << 16) | Number(first),
      fromClient: senders.includes('C'),
      fromServer: senders.includes('S'),
      carriesContent: senders.includes('+'),
      fields: protocolFields(words.slice(3).join(' ')),
    })
  }
  return methods
}

function protocolFields(text: string): ProtocolField[] {
  if (text === '') return []
  return text.split(', ').map(field => {
    const [name = '', domainName] = field.split(' ')
    const domain = DOMAINS.find(known => known === domainName)
    if (domain === undefined) throw new Error(`protocol table: no domain in "${field}"`)
    return { name, domain }
  })
}
