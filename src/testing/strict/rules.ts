/** What strict mode minds: the rules by name, what each says, and whether it is on unless told otherwise. The guide has this table. */

interface StrictRule {
  /** On with `strict: true`. */
  readonly byDefault: boolean
  readonly meaning: string
}

export const strictRules = {
  unroutable: { byDefault: true, meaning: 'a message was published that no queue took, mandatory or not' },
  acknowledgements: {
    byDefault: true,
    meaning:
      'a delivery was settled twice, on another channel, or though it was delivered without acknowledgement',
  },
  unacked: {
    byDefault: true,
    meaning: 'a client closed or lost a channel or connection with deliveries that were not acknowledged',
  },
  arguments: {
    byDefault: true,
    meaning:
      'a queue, exchange, consumer or binding has an argument that is not known there, and so does nothing',
  },
  prefetch: { byDefault: true, meaning: 'a consumer that acknowledges has no prefetch limit' },
  redeclare: {
    byDefault: true,
    meaning: "with `redeclare: 'lenient'`: something was declared again with other properties",
  },
  deadLetters: {
    byDefault: true,
    meaning: 'a message died in a queue with a dead letter exchange, and no queue took it from there',
  },
  errors: { byDefault: false, meaning: 'a channel or connection was closed for an error of the client' },
  autoAck: { byDefault: false, meaning: 'a consumer or basic.get wants no acknowledgements' },
  unconfirmed: {
    byDefault: false,
    meaning: 'a persistent message was published without confirms or a transaction',
  },
  transient: { byDefault: false, meaning: 'a message that is not persistent went into a durable queue' },
} as const satisfies Record<string, StrictRule>

export type StrictRuleName = keyof typeof strictRules
