/** Where the two are meant to differ (differences.md): each as narrow as it can be told. A program ends there. */
import type { Step } from './step'

interface Case {
  readonly step: Step
  /** Up to and with it. */
  readonly steps: readonly Step[]
  /** What one side said and the other did not. */
  readonly oracle: string
  readonly ours: string
  /** All that the oracle said. */
  readonly lines: readonly string[]
}

const all: Readonly<Record<string, (differs: Case) => boolean>> = {
  'exchange.declare of an unknown type': ({ step, oracle, ours }) =>
    step.method === 'exchange.declare' &&
    /"replyCode":503,"replyText":"COMMAND_INVALID - (unknown|invalid) exchange type '/.test(oracle) &&
    /"replyCode":406,"replyText":"PRECONDITION_FAILED - (unknown|invalid) exchange type '/.test(ours),

  // Chance: RabbitMQ ends channel by channel, and what one gives back the next may still be sent.
  'what the channels of a connection give back when it is closed': ({ step, oracle, ours, lines }) =>
    lines.includes(`${step.connection} is gone`) &&
    areDeliveriesOrCounts(oracle) &&
    areDeliveriesOrCounts(ours),

  'x-dead-letter-strategy and x-queue-leader-locator of a classic queue': ({ step, oracle, ours }) => {
    const about = /invalid arg 'x-(dead-letter-strategy|queue-leader-locator)'/
    return step.method === 'queue.declare' && (about.test(oracle) || about.test(ours))
  },

  // A message that 3.10 had written to disk.
  'x-death without original-expiration': ({ oracle, ours }) =>
    !oracle.includes('original-expiration') && withoutExpiration(ours) === oracle,

  'a consumer tag that the consumer of replies has': ({ step, steps, ours }) =>
    step.method === 'basic.consume' &&
    steps.some(({ fields }) => 'queue' in fields && fields.queue === 'amq.rabbitmq.reply-to') &&
    ours.includes('attempt to reuse consumer tag'),

  'a message that expires in this turn is still counted by basic.get': ({ step, oracle, ours }) =>
    step.method === 'basic.get' &&
    oracle.includes('basic.get-ok') &&
    oracle.replace(/"messageCount":\d+/, '') === ours.replace(/"messageCount":\d+/, ''),

  'a message that expires in this turn still takes the place of another': ({ step, steps, oracle, ours }) =>
    step.method === 'basic.publish' &&
    steps.some(expiresAtOnce) &&
    [oracle, ours].every(lines => lines.split('\n').every(line => isConfirm(line) || areCounts(line))),

  'what a queue keeps that has too much when a policy says reject-publish': ({ step, oracle, ours }) =>
    step.method === 'policy.set' &&
    refusesPublishings(step) &&
    areDeliveriesOrCounts(oracle) &&
    areDeliveriesOrCounts(ours),

  'what comes to a queue whose policy lets it expire at once': ({ steps, oracle, ours }) =>
    steps.some(each => each.method === 'policy.set' && expiresAtOnce(each)) &&
    areMessagesOrCounts(oracle) &&
    areMessagesOrCounts(ours),

  'a consumer without acknowledgements on a channel whose limit is reached': ({ steps, oracle, ours }) =>
    steps.some(({ method, fields }) => method === 'basic.qos' && fields.global === true) &&
    steps.some(({ method, fields }) => method === 'basic.consume' && fields.noAck === true) &&
    areDeliveriesOrCounts(oracle) &&
    areDeliveriesOrCounts(ours),

  'an alternate exchange that is the default one': ({ steps, oracle, ours }) =>
    steps.some(({ fields }) => JSON.stringify(fields).includes('"alternate-exchange":""')) &&
    (oracle.includes('NO_ROUTE') || areMessagesOrCounts(oracle)) &&
    areMessagesOrCounts(ours),

  'whether a message or its dead letter comes first': ({ oracle, ours }) => {
    const lines = `${oracle}\n${ours}`.split('\n')
    const dead = lines.filter(line => line.includes('"x-death"'))
    return (
      areMessagesOrCounts(lines.join('\n')) && dead.length > 0 && dead.length < lines.filter(isMessage).length
    )
  },

  'x-cancel-on-ha-failover is not looked at': ({ step, oracle }) =>
    step.method === 'basic.consume' && oracle.includes("invalid arg 'x-cancel-on-ha-failover'"),

  'a message that passed others to the head of a priority queue, and expired': ({ steps, oracle, ours }) =>
    steps.some(each => each.method === 'queue.declare' && has(each.fields.arguments, 'x-max-priority')) &&
    steps.some(expiresAtOnce) &&
    areMessagesOrCounts(oracle) &&
    areMessagesOrCounts(ours),

  'the type of a queue that is declared with another': ({ step, oracle, ours }) =>
    step.method === 'queue.declare' &&
    [oracle, ours].every(lines => lines.includes("PRECONDITION_FAILED - inequivalent arg 'x-queue-type'")),

  'an exclusive consumer of a quorum queue': ({ step, steps, ours }) =>
    step.method === 'basic.consume' && ours.includes('in exclusive use') && steps.some(isAboutQuorum),

  'x-delivery-limit of another type': ({ step, ours }) =>
    step.method === 'queue.declare' && ours.includes("invalid arg 'x-delivery-limit'"),

  'what a full quorum queue with reject-publish still takes': ({ step, steps, oracle, ours }) =>
    step.method === 'basic.publish' &&
    steps.some(isAboutQuorum) &&
    steps.some(refusesPublishings) &&
    areDeliveriesOrCounts(`${oracle}\n${ours}`),

  'a queue type that is no text, of a queue without a name': ({ step, oracle, ours }) =>
    step.method === 'queue.declare' &&
    oracle.includes('"replyCode":541') &&
    ours.includes("invalid arg 'x-queue-type'"),

  'what a queue that is full keeps of what several consumers give back': ({
    step,
    steps,
    oracle,
    ours,
    lines,
  }) =>
    mayComeBack(step, lines) &&
    steps.filter(({ method }) => method === 'basic.consume').length > 1 &&
    steps.some(({ fields }) => 'arguments' in fields && hasLimit(fields.arguments)) &&
    `${oracle}\n${ours}`.split(/\n/).every(line => areDeliveries(line) || areCounts(line) || line === ''),

  'in which order the dead letters of two queues come': ({ oracle, ours }) => {
    const all = [...graves(oracle), ...graves(ours)]
    return all.length === `${oracle}\n${ours}`.split('\n').length && new Set(all).size > 1
  },

  'whose turn it is when a consumer had no credit, or what it was due had expired': ({
    steps,
    oracle,
    ours,
  }) =>
    steps.some(step => step.method === 'basic.qos' || expiresAtOnce(step)) &&
    areDeliveries(oracle) &&
    areDeliveries(ours) &&
    contentsOf(oracle) === contentsOf(ours),
}

/** Of several consumers: RabbitMQ takes them back consumer by consumer, and thins out and hands out after each. */
function mayComeBack({ method }: Step, lines: readonly string[]): boolean {
  const gives = ['basic.recover', 'basic.recover-async', 'basic.nack', 'channel.close'].includes(method)
  return gives || lines.some(line => / said: (channel|connection)\.close /.test(line))
}

/** In which queues they died last. */
function graves(lines: string): string[] {
  return lines
    .split('\n')
    .map(line => /"x-death".*?\[\\"queue\\",\\"S\\",\\"(.*?)\\"/.exec(line)?.[1])
    .filter(queue => queue !== undefined)
}

function has(table: object | undefined, key: string): boolean {
  return table !== undefined && Object.hasOwn(table, key)
}

function expiresAtOnce({ method, fields, content }: Step): boolean {
  if (method === 'policy.set') return JSON.stringify(fields.policy).includes('"message-ttl":0')
  if (method === 'queue.declare') return fields.arguments?.['x-message-ttl'] === 0
  return content?.properties.expiration === '0'
}

function hasLimit(table: object | undefined): boolean {
  return has(table, 'x-max-length') || has(table, 'x-max-length-bytes')
}

function isConfirm(line: string): boolean {
  return / confirmed: n?ack /.test(line)
}

function isMessage(line: string): boolean {
  return / (delivered|said): basic\.(deliver|get-ok) /.test(line)
}

function areDeliveries(lines: string): boolean {
  return lines.split('\n').every(line => /^\d\/\d delivered: /.test(line))
}

function areDeliveriesOrCounts(lines: string): boolean {
  return lines.split('\n').every(line => areDeliveries(line) || areCounts(line) || line === '')
}

export function isAboutQuorum(step: Step): step is Extract<Step, { method: 'queue.declare' }> {
  return step.method === 'queue.declare' && step.fields.arguments?.['x-queue-type'] === 'quorum'
}

function refusesPublishings(step: Step): boolean {
  return JSON.stringify(step.fields).includes('reject-publish')
}

function areMessagesOrCounts(lines: string): boolean {
  return areDeliveriesOrCounts(lines.replaceAll(' said: basic.get-', ' delivered: basic.get-'))
}

function withoutExpiration(lines: string): string {
  return lines.replace(/\[\\"original-expiration\\",\\"S\\",\\"\d+\\"\],/g, '')
}

function areCounts(lines: string): boolean {
  return lines.split('\n').every(line => /^queue \S+: \d+ messages(, \d+ consumers)?$/.test(line))
}

/** What was delivered, whoever it was delivered to. */
function contentsOf(lines: string): string {
  return lines
    .split('\n')
    .map(line => line.replace(/^.*?"redelivered"/, ''))
    .sort()
    .join('\n')
}

export function knownDifference(
  steps: readonly Step[],
  oracle: readonly string[],
  ours: readonly string[],
): string | undefined {
  const step = steps.at(-1)
  if (step === undefined) return undefined
  const differs = {
    step,
    steps,
    oracle: oracle.filter(line => !ours.includes(line)).join('\n'),
    ours: ours.filter(line => !oracle.includes(line)).join('\n'),
    lines: oracle,
  }
  return Object.entries(all).find(([, isSo]) => isSo(differs))?.[0]
}
