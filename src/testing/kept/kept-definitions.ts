/** The durable topology and what administrators set, as records: what a broker's disk would hold of them. Has no messages. */
import type { AccessChange, StoredAccess } from '../../store/access-records'
import type {
  BindingRecord,
  DefinitionChange,
  DeliveryCountRecord,
  ExchangeRecord,
  KeyOwner,
  KeyRecord,
  LimitsRecord,
  PolicyRecord,
  QueueRecord,
  StoredDefinitions,
  StoredQueue,
} from '../../store/definition-store'

/** Records by what names them, the oldest first. */
class Table<Row extends object> {
  private readonly rows = new Map<string, Row>()

  constructor(private readonly columns: readonly (keyof Row)[]) {}

  /** One that is there keeps its place. */
  put(row: Row): void {
    this.rows.set(this.nameOf(row), row)
  }

  /** It is the newest now. */
  renew(row: Row): void {
    this.rows.delete(this.nameOf(row))
    this.put(row)
  }

  /** Everything of which these columns say this. */
  remove(where: Partial<Row>): void {
    const columns = Object.entries(where)
    if (this.columns.every(column => column in where)) this.rows.delete(this.nameOf(where))
    else
      for (const [name, row] of this.rows)
        if (columns.every(([column, value]) => row[column as keyof Row] === value)) this.rows.delete(name)
  }

  all(): Row[] {
    return [...this.rows.values()]
  }

  private nameOf(row: Partial<Row>): string {
    return JSON.stringify(this.columns.map(column => row[column]))
  }
}

/** `vhost`: of the exchange whose key it is; empty: it is a queue's. */
type KeyRow = KeyRecord & { readonly owner: string; readonly vhost: string }

type DeliveryCountRow = DeliveryCountRecord & { readonly queueId: number }

export class KeptDefinitions {
  private readonly exchanges = new Table<ExchangeRecord>(['vhost', 'name'])
  private readonly queues = new Table<QueueRecord>(['id'])
  private readonly bindings = new Table<BindingRecord>(['vhost', 'identity'])
  private readonly policies = new Table<PolicyRecord>(['vhost', 'kind', 'name'])
  private readonly limits = new Table<LimitsRecord>(['scope', 'name'])
  private readonly keys = new Table<KeyRow>(['owner', 'key'])
  private readonly deliveryCounts = new Table<DeliveryCountRow>(['queueId', 'position'])
  private readonly vhosts = new Table<StoredAccess['vhosts'][number]>(['name'])
  private readonly users = new Table<StoredAccess['users'][number]>(['name'])
  private readonly permissions = new Table<StoredAccess['permissions'][number]>(['vhost', 'user'])
  private readonly topicPermissions = new Table<StoredAccess['topicPermissions'][number]>([
    'vhost',
    'user',
    'exchange',
  ])
  private readonly parameters = new Table<StoredAccess['parameters'][number]>(['vhost', 'component', 'name'])
  private readonly globalParameters = new Table<StoredAccess['globalParameters'][number]>(['name'])

  change(change: DefinitionChange): void {
    switch (change.kind) {
      case 'exchange':
        return this.exchanges.put(change.record)
      case 'exchange-gone':
        this.exchanges.remove({ vhost: change.vhost, name: change.name })
        return this.keys.remove({ owner: nameOf({ ...change, kind: 'exchange' }) })
      case 'queue':
        return this.queues.put(change.record)
      case 'queue-gone':
        this.queues.remove({ id: change.id })
        return this.forgetOf(change.id)
      case 'binding':
        return this.bindings.renew(change.record)
      case 'bindings-gone':
        for (const identity of change.identities) this.bindings.remove({ vhost: change.vhost, identity })
        return
      case 'policy':
        return this.policies.put(change.record)
      case 'policy-gone':
        return this.policies.remove({ vhost: change.vhost, kind: change.policyKind, name: change.name })
      case 'limits':
        return this.limits.put(change.record)
      case 'limits-gone':
        return this.limits.remove({ scope: change.scope, name: change.name })
      case 'key':
        return this.keys.renew({ ...change.record, ...ownerOf(change.owner) })
      case 'key-gone':
        return this.keys.remove({ owner: nameOf(change.owner), key: change.key })
      case 'delivery-count':
        return this.deliveryCounts.put({ queueId: change.queueId, ...change.record })
      case 'delivery-count-gone':
        return this.deliveryCounts.remove({ queueId: change.queueId, position: change.position })
      default:
        this.changeAccess(change)
    }
  }

  /** `queueOf` adds what is in a queue. */
  stored(
    queueOf: (queue: QueueRecord) => Omit<StoredQueue, keyof QueueRecord | 'keys' | 'deliveryCounts'>,
  ): StoredDefinitions {
    const keys = this.keys.all()
    const deliveryCounts = this.deliveryCounts.all()
    const keysOf = (owner: KeyOwner): KeyRecord[] =>
      keys
        .filter(key => key.owner === nameOf(owner))
        .map(({ key, expires, position }) => ({ key, expires, position }))
    return {
      exchanges: this.exchanges.all().map(exchange => {
        const { vhost, name } = exchange
        return { ...exchange, keys: keysOf({ kind: 'exchange', vhost, name }) }
      }),
      queues: this.queues.all().map(queue => ({
        ...queue,
        ...queueOf(queue),
        keys: keysOf({ kind: 'queue', id: queue.id }),
        deliveryCounts: deliveryCounts
          .filter(({ queueId }) => queueId === queue.id)
          .map(({ position, count }) => ({ position, count })),
      })),
      bindings: this.bindings.all(),
      policies: this.policies.all(),
      limits: this.limits.all(),
      access: {
        vhosts: this.vhosts.all(),
        users: this.users.all(),
        permissions: this.permissions.all(),
        topicPermissions: this.topicPermissions.all(),
        parameters: this.parameters.all(),
        globalParameters: this.globalParameters.all(),
      },
    }
  }

  private changeAccess(change: AccessChange): void {
    switch (change.kind) {
      case 'vhost':
        return this.vhosts.put(change.record)
      case 'vhost-gone':
        return this.forgetVhost(change.name)
      case 'user':
        return this.users.put(change.record)
      case 'user-gone':
        this.users.remove({ name: change.name })
        this.limits.remove({ scope: 'user', name: change.name })
        this.permissions.remove({ user: change.name })
        return this.topicPermissions.remove({ user: change.name })
      case 'permission':
        return this.permissions.put(change.record)
      case 'permission-gone':
        return this.permissions.remove({ vhost: change.vhost, user: change.user })
      case 'topic-permission':
        return this.topicPermissions.put(change.record)
      case 'topic-permission-gone': {
        const { vhost, user, exchange } = change
        return this.topicPermissions.remove({ vhost, user, ...(exchange === undefined ? {} : { exchange }) })
      }
      case 'parameter':
        return this.parameters.put(change.record)
      case 'parameter-gone': {
        const { vhost, component, name } = change
        return this.parameters.remove({ vhost, component, name })
      }
      case 'global-parameter':
        return this.globalParameters.put(change.record)
      case 'global-parameter-gone':
        return this.globalParameters.remove({ name: change.name })
    }
  }

  /** What was noted of a queue's messages. */
  private forgetOf(queueId: number): void {
    this.keys.remove({ owner: nameOf({ kind: 'queue', id: queueId }) })
    this.deliveryCounts.remove({ queueId })
  }

  /** With all that is in it. */
  private forgetVhost(vhost: string): void {
    this.keys.remove({ vhost })
    for (const { id } of this.queues.all().filter(queue => queue.vhost === vhost)) this.forgetOf(id)
    this.vhosts.remove({ name: vhost })
    this.limits.remove({ scope: 'vhost', name: vhost })
    this.exchanges.remove({ vhost })
    this.queues.remove({ vhost })
    this.bindings.remove({ vhost })
    this.policies.remove({ vhost })
    this.permissions.remove({ vhost })
    this.topicPermissions.remove({ vhost })
    this.parameters.remove({ vhost })
  }
}

function nameOf(owner: KeyOwner): string {
  return owner.kind === 'queue' ? JSON.stringify(owner.id) : JSON.stringify([owner.vhost, owner.name])
}

function ownerOf(owner: KeyOwner): Pick<KeyRow, 'owner' | 'vhost'> {
  return { owner: nameOf(owner), vhost: owner.kind === 'exchange' ? owner.vhost : '' }
}
