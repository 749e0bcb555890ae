/** Whoever did something was permitted to, at the very moment it was done; and whoever was refused was not. */
import { type BrokerEvent, INTERNAL_USER } from '../../../src/broker/events/events'
import type { Findings } from '../findings'
import type { SentMessage } from '../world/conversation'
import { type AccessModel, allows } from './access-model'
import { texts } from './arriving'
import {
  alternateNeeds,
  bindingNeeds,
  deadLetterNeeds,
  type Need,
  type Needs,
  need,
  refusalIn,
} from './needs'
import { plainTable } from './plain'
import type { TopologyModel } from './topology-model'

export class Permitted {
  constructor(
    private readonly access: AccessModel,
    private readonly topology: TopologyModel,
    private readonly findings: Findings,
  ) {}

  /** Before the topology is as the event says. */
  heard(event: BrokerEvent, actor: string): void {
    // Where an exchange lets messages wait comes and goes with it.
    const isOwn = event.kind.startsWith('queue.') && 'name' in event && event.name.startsWith('amq.delayed.')
    if (actor !== INTERNAL_USER && !isOwn) this.require(actor, event.kind, this.needsOf(event))
  }

  published(sent: SentMessage, user: string): void {
    const { id, exchange, routingKey } = sent
    this.require(user, id, [need('write', 'exchange', exchange)])
    const { userId } = sent.properties
    const isImpostor = userId !== undefined && userId !== user
    if (isImpostor && !this.access.wasOnce(user, 0, account => account?.isImpersonator === true))
      this.findings.wrong(`${id} was published by ${user} in the name of ${userId}`)
    const { type, isInternal } = this.topology.exchanges.get(exchange) ?? {}
    if (isInternal === true) this.findings.wrong(`${id} was published to ${exchange}, which is internal`)
    if (type !== 'topic') return
    for (const key of [routingKey, ...texts(sent, 'CC'), ...texts(sent, 'BCC')])
      this.require(user, id, [need('write', 'topic', exchange, key)])
  }

  read(queue: string, user: string, how: string): void {
    this.require(user, how, [need('read', 'queue', queue)])
  }

  require(user: string, what: string, needs: readonly Need[]): void {
    if (!this.access.mayNow(user, needs))
      this.findings.wrong(`${user} may not ${JSON.stringify(needs)}, and did: ${what}`)
  }

  private needsOf(event: BrokerEvent): readonly Need[] {
    switch (event.kind) {
      case 'queue.created':
        return [
          need('configure', 'queue', event.name),
          ...deadLetterNeeds(event.name, plainTable(event.arguments)),
        ]
      case 'queue.deleted':
        return [need('configure', 'queue', event.name)]
      case 'exchange.created':
        return [
          need('configure', 'exchange', event.name),
          ...alternateNeeds(event.name, plainTable(event.arguments)),
        ]
      case 'exchange.deleted':
        // One that goes with its last binding goes with whatever took that.
        return this.topology.exchanges.get(event.name)?.isAutoDelete === true
          ? []
          : [need('configure', 'exchange', event.name)]
      case 'binding.created': {
        const { destinationKind: kind, destination, source, routingKey } = event
        const isTopic = this.topology.exchanges.get(source)?.type === 'topic'
        const key = isTopic ? [need('read', 'topic', source, routingKey)] : []
        return [...bindingNeeds(kind, destination, source), ...key]
      }
      default:
        return []
    }
  }
}

/** A request was answered as if it were permitted: so it was, at some time since it was made. */
export function requireWasPermitted(
  { findings, access }: { readonly findings: Findings; readonly access: AccessModel },
  user: string,
  what: string,
  { needs, isAny }: Needs,
  since: number,
): void {
  if (needs.length === 0) return
  const isPermitted = access.wasOnce(user, since, account => {
    const holds = (each: Need): boolean => allows(account, user, each)
    return isAny ? needs.some(holds) : needs.every(holds)
  })
  if (!isPermitted) findings.wrong(`${user} was answered ${what}, and may not ${JSON.stringify(needs)}`)
}

/** Somebody heard that something was refused: so it had to be, at some time since they asked. */
export function requireWasRefused(
  { findings, access }: { readonly findings: Findings; readonly access: AccessModel },
  user: string,
  replyText: string,
  since: number,
): void {
  const refusal = refusalIn(replyText)
  if (refusal === undefined) return
  findings.saw(`refused: ${refusal.need.right} ${refusal.need.kind}`)
  const isRight =
    refusal.user === user && access.wasOnce(user, since, account => !allows(account, user, refusal.need))
  if (!isRight) findings.wrong(`${user} heard ${replyText}, and was always permitted to`)
}
