/**
 * A broker on a real port for specs in which somebody misbehaves. A bystander works on it all the while; after each
 * example nobody may be left but the bystander, nothing but what it declared, and nothing may have gone wrong.
 */
import { Wire } from '../../conformance/support/wire'
import type { WireChannel } from '../../conformance/support/wire-channel'
import type { ConnectionLimits } from '../../src/server/settings'
import { Bystander } from '../support/bystander'
import { eventually } from '../support/eventually'
import { heldBytes, MIB } from '../support/held-bytes'
import { type ListeningBroker, listeningBroker } from '../support/listening-broker'
import { type Standing, standingOf } from './standing'

/** What all examples of a file may leave behind in memory: caches, pools and compiled code, whatever was sent. */
const LEFT_BEHIND_MAX = 8 * MIB

/** How long a round of the bystander may take while others misbehave: no one may hold up the loop longer. */
const PATIENCE_MS = 20_000

export interface Attacker {
  readonly wire: Wire
  readonly channel: WireChannel
}

export class Attack {
  broker!: ListeningBroker
  bystander!: Bystander
  private before!: Standing
  private heldBefore = 0
  private readonly wires: Wire[] = []

  /** A socket on which nothing was sent. */
  async connect(): Promise<Wire> {
    const wire = await Wire.connect(this.broker.url)
    this.wires.push(wire)
    return wire
  }

  /** An open connection with an open channel. */
  async attacker(): Promise<Attacker> {
    const wire = await (await this.connect()).open()
    return { wire, channel: await wire.channel() }
  }

  /** Lets time pass for the broker, and with it timeouts. */
  async pass(ms: number): Promise<void> {
    this.broker.clock.advance(ms)
    await new Promise(resolve => setImmediate(resolve))
  }

  /** How much more memory is in use than before the first example. */
  async growth(): Promise<number> {
    return (await heldBytes()) - this.heldBefore
  }

  async start(limits?: Partial<ConnectionLimits>): Promise<void> {
    this.broker = await listeningBroker(limits)
    this.bystander = await Bystander.start(this.broker.url)
    await this.bystander.unharmed()
    this.heldBefore = await heldBytes()
  }

  begin(): void {
    this.before = standingOf(this.broker)
    this.bystander.slowestRoundMs = 0
    this.bystander.keepGoing()
  }

  async end(): Promise<void> {
    await Promise.all(this.wires.splice(0).map(wire => wire.destroy()))
    await eventually(() => expect(standingOf(this.broker)).toEqual(this.before))
    await this.bystander.rest()
    await this.bystander.unharmed()
    expect(this.bystander.slowestRoundMs).toBeLessThan(PATIENCE_MS)
    expect(this.broker.log.at('error')).toEqual([])
    this.broker.log.clear()
  }

  async stop(): Promise<void> {
    expect(await this.growth()).toBeLessThan(LEFT_BEHIND_MAX)
    await this.bystander.close()
    await this.broker.close()
  }
}

export function underAttack(limits?: Partial<ConnectionLimits>): Attack {
  const attack = new Attack()
  beforeAll(() => attack.start(limits))
  beforeEach(() => attack.begin())
  afterEach(() => attack.end())
  afterAll(() => attack.stop())
  return attack
}
