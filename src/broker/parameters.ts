/**
 * RabbitMQ's runtime parameters. A component says what its parameters may be and obeys them; the broker's own, limits of
 * virtual hosts and operator policies, are kept where they belong and shown here. Global parameters are any JSON.
 */
import { randomBytes } from 'node:crypto'
import { fieldValue, type Plain } from '../amqp/table'
import type { GlobalParameterRecord, ParameterRecord, StoredAccess } from '../store/access-records'
import type { DefinitionStore } from '../store/definition-store'
import type { CommitTicket } from '../store/message-store'
import type { Events } from './events/events'
import { ParameterRefused, ValidationFailed } from './validation'

/** What makes use of parameters, by its name: `shovel`, say. */
export interface ParameterComponent {
  /** @throws ValidationFailed */
  check(vhost: string, name: string, value: unknown): void
  set(vhost: string, name: string, value: unknown): void
  clear(vhost: string, name: string): void
}

/** A component whose parameters are kept by itself. */
export interface OwnKeeper {
  /** @throws ValidationFailed, ParameterRefused */
  check(name: string, value: unknown): void
  /** @throws ValidationFailed */
  set(vhost: string, name: string, value: unknown): CommitTicket
  /** Undefined: there was none. */
  clear(vhost: string, name: string): CommitTicket | undefined
  list(): Iterable<Parameter>
}

export interface Parameter {
  readonly vhost: string
  readonly component: string
  readonly name: string
  readonly value: unknown
}

export interface GlobalParameter {
  readonly name: string
  readonly value: unknown
}

/** RabbitMQ's name of the parameter by which it knows its cluster. */
const CLUSTER_ID = 'internal_cluster_id'

export class Parameters {
  private readonly components = new Map<string, ParameterComponent>()
  private readonly keepers = new Map<string, OwnKeeper>()
  private readonly byKey = new Map<string, Parameter>()
  private readonly global = new Map<string, unknown>()

  constructor(
    private readonly store: DefinitionStore,
    private readonly events: Events,
  ) {}

  /** Tells it of the parameters that are there already. */
  register(component: string, registered: ParameterComponent): void {
    this.components.set(component, registered)
    for (const { vhost, name, value } of this.list(undefined, component)) registered.set(vhost, name, value)
  }

  keptElsewhere(component: string, keeper: OwnKeeper): void {
    this.keepers.set(component, keeper)
  }

  /** Takes back what was kept. */
  restore({ parameters, globalParameters }: StoredAccess): void {
    for (const record of parameters) this.restoreOne(record)
    for (const { name, value } of globalParameters) this.global.set(name, JSON.parse(value))
  }

  /** Whether it could be set. @throws ValidationFailed, ParameterRefused */
  check(vhost: string, component: string, name: string, value: unknown): void {
    if (component === 'policy') throw new ParameterRefused('policies may not be set using this method')
    const keeper = this.keepers.get(component)
    if (keeper !== undefined) keeper.check(name, value)
    else this.registered(component).check(vhost, name, value)
  }

  /** @throws ValidationFailed, ParameterRefused; nothing is changed then */
  set(vhost: string, component: string, name: string, value: unknown): CommitTicket {
    if (component === 'policy') throw new ParameterRefused('policies may not be set using this method')
    const keeper = this.keepers.get(component)
    if (keeper !== undefined) return keeper.set(vhost, name, value)
    const registered = this.registered(component)
    registered.check(vhost, name, value)
    this.byKey.set(keyOf(vhost, component, name), { vhost, component, name, value })
    const ticket = this.store.change({
      kind: 'parameter',
      record: { vhost, component, name, value: JSON.stringify(value) },
    })
    this.events.emit({ kind: 'parameter.set', vhost, component, name, value: fieldValue(value as Plain) })
    registered.set(vhost, name, value)
    return ticket
  }

  /** Undefined: there was none. @throws ParameterRefused */
  clear(vhost: string, component: string, name: string): CommitTicket | undefined {
    if (component === 'policy') throw new ParameterRefused('policies may not be cleared using this method')
    const keeper = this.keepers.get(component)
    if (keeper !== undefined) return keeper.clear(vhost, name)
    if (!this.byKey.delete(keyOf(vhost, component, name))) return undefined
    this.events.emit({ kind: 'parameter.cleared', vhost, component, name })
    this.components.get(component)?.clear(vhost, name)
    return this.store.change({ kind: 'parameter-gone', vhost, component, name })
  }

  get(vhost: string, component: string, name: string): Parameter | undefined {
    return this.list(vhost, component).find(parameter => parameter.name === name)
  }

  list(vhost?: string, component?: string): Parameter[] {
    const kept = [...this.keepers.values()].flatMap(keeper => [...keeper.list()])
    return [...this.byKey.values(), ...kept].filter(
      parameter =>
        (vhost === undefined || parameter.vhost === vhost) &&
        (component === undefined || parameter.component === component),
    )
  }

  setGlobal(name: string, value: unknown): CommitTicket {
    this.global.set(name, value)
    this.events.emit({
      kind: 'parameter.set',
      vhost: undefined,
      component: 'global',
      name,
      value: fieldValue(value as Plain),
    })
    const record: GlobalParameterRecord = { name, value: JSON.stringify(value) }
    return this.store.change({ kind: 'global-parameter', record })
  }

  /** Undefined: there was none. */
  clearGlobal(name: string): CommitTicket | undefined {
    if (!this.global.delete(name)) return undefined
    this.events.emit({ kind: 'parameter.cleared', vhost: undefined, component: 'global', name })
    return this.store.change({ kind: 'global-parameter-gone', name })
  }

  getGlobal(name: string): GlobalParameter | undefined {
    return this.global.has(name) ? { name, value: this.global.get(name) } : undefined
  }

  listGlobal(): GlobalParameter[] {
    return [...this.global].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => ({ name, value }))
  }

  /** By which this broker is known for as long as its data folder lasts. */
  get clusterId(): string {
    return String(this.global.get(CLUSTER_ID))
  }

  /** Makes it up unless there is one. */
  nameCluster(): void {
    if (!this.global.has(CLUSTER_ID))
      this.setGlobal(CLUSTER_ID, `rabbitmq-cluster-id-${randomBytes(16).toString('base64url')}`)
  }

  /** The virtual host is gone, also for the store. */
  forgetVhost(gone: string): void {
    for (const [key, { vhost, component, name }] of this.byKey) {
      if (vhost !== gone) continue
      this.byKey.delete(key)
      this.events.emit({ kind: 'parameter.cleared', vhost, component, name })
      this.components.get(component)?.clear(vhost, name)
    }
  }

  private registered(component: string): ParameterComponent {
    const registered = this.components.get(component)
    if (registered === undefined) throw new ValidationFailed([`component ${component} not found`])
    return registered
  }

  private restoreOne({ vhost, component, name, value }: ParameterRecord): void {
    const parameter = { vhost, component, name, value: JSON.parse(value) as unknown }
    this.byKey.set(keyOf(vhost, component, name), parameter)
  }
}

function keyOf(vhost: string, component: string, name: string): string {
  return JSON.stringify([vhost, component, name])
}
