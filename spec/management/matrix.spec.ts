/**
 * Who may ask what: the status for a user with each of RabbitMQ's tags, who may open the vhost `mine` but not `other`.
 * Statuses are RabbitMQ 3.10.8's, and those of later endpoints as its sources have them.
 */
import type { HttpMethod } from '../../src/management/api'
import { type ManagedBroker, managedBroker } from '../support/managed-broker'

const TAGS = ['none', 'management', 'policymaker', 'monitoring', 'administrator'] as const

type Row = readonly [
  method: HttpMethod,
  path: string,
  statuses: readonly [number, number, number, number, number],
  body?: object,
]

const anyone = [200, 200, 200, 200, 200] as const
const managing = [401, 200, 200, 200, 200] as const
const monitoring = [401, 401, 401, 200, 200] as const
const policing = [401, 401, 200, 401, 200] as const
const administering = [401, 401, 401, 401, 200] as const
const changing = [401, 401, 401, 401, 204] as const
const patterns = { configure: '.*', write: '.*', read: '.*' }
const policy = { pattern: 'a', definition: { 'max-length': 1 } }
const NODE = 'leveret@localhost'

const ROWS: readonly Row[] = [
  ['GET', '/whoami', managing],
  ['GET', '/overview', managing],
  ['GET', '/nodes', monitoring],
  ['GET', `/nodes/${NODE}`, monitoring],
  ['GET', `/nodes/${NODE}/memory`, monitoring],
  ['GET', `/nodes/${NODE}/memory/relative`, monitoring],
  ['GET', '/cluster-name', managing],
  ['PUT', '/cluster-name', [401, 401, 401, 401, 400], {}],
  ['GET', '/version', anyone],
  ['GET', '/extensions', managing],
  ['GET', '/feature-flags', managing],
  ['PUT', '/feature-flags/quorum_queue/enable', changing, {}],
  ['GET', '/deprecated-features', managing],
  ['GET', '/deprecated-features/used', managing],
  ['GET', '/config/effective', administering],
  ['DELETE', '/reset', changing],
  ['DELETE', `/reset/${NODE}`, changing],
  ['POST', '/rebalance/queues', changing],
  ['GET', '/auth/hash_password/secret', administering],
  ['PUT', '/auth/hash_password', administering, { password: 'secret' }],
  ['GET', `/auth/attempts/${NODE}`, monitoring],
  ['DELETE', `/auth/attempts/${NODE}`, changing],
  ['GET', '/definitions', administering],
  ['POST', '/definitions', changing, {}],
  ['GET', '/definitions/mine', administering],
  ['POST', '/definitions/mine', changing, {}],
  ['GET', '/vhosts', managing],
  ['GET', '/vhosts/mine', administering],
  ['GET', '/vhosts/other', administering],
  ['PUT', '/vhosts/mine', changing, {}],
  ['DELETE', '/vhosts/nowhere', [401, 401, 401, 401, 404]],
  ['GET', '/vhosts/mine/permissions', administering],
  ['GET', '/vhosts/mine/topic-permissions', administering],
  ['POST', `/vhosts/mine/start/${NODE}`, changing],
  ['POST', '/vhosts/mine/deletion/protection', changing],
  ['DELETE', '/vhosts/mine/deletion/protection', changing],
  ['GET', '/users', administering],
  ['GET', '/users/guest', administering],
  ['PUT', '/users/someone', changing, { tags: '' }],
  ['DELETE', '/users/nobody', [401, 401, 401, 401, 404]],
  ['GET', '/users/without-permissions', administering],
  ['POST', '/users/bulk-delete', changing, { users: [] }],
  ['GET', '/users/guest/permissions', administering],
  ['GET', '/users/guest/topic-permissions', administering],
  ['GET', '/permissions', administering],
  ['GET', '/permissions/mine/none', administering],
  ['PUT', '/permissions/mine/none', changing, patterns],
  ['DELETE', '/permissions/mine/nobody', [401, 401, 401, 401, 404]],
  ['GET', '/topic-permissions', administering],
  ['GET', '/topic-permissions/mine/none', administering],
  ['GET', '/topic-permissions/mine/none/amq.topic', administering],
  ['PUT', '/topic-permissions/mine/none', changing, { exchange: 'amq.topic', ...patterns }],
  ['DELETE', '/topic-permissions/mine/none/amq.direct', [401, 401, 401, 401, 404]],
  ['GET', '/vhost-limits', managing],
  ['GET', '/vhost-limits/mine', managing],
  ['GET', '/vhost-limits/other', monitoring],
  ['PUT', '/vhost-limits/mine/max-queues', changing, { value: 50 }],
  ['DELETE', '/vhost-limits/mine/max-queues', changing],
  ['GET', '/user-limits', managing],
  ['GET', '/user-limits/none', managing],
  ['PUT', '/user-limits/none/max-channels', changing, { value: 50 }],
  ['DELETE', '/user-limits/none/max-channels', changing],
  ['GET', '/parameters', policing],
  ['GET', '/parameters/vhost-limits', policing],
  ['GET', '/parameters/vhost-limits/mine', policing],
  ['GET', '/parameters/vhost-limits/other', administering],
  ['PUT', '/parameters/vhost-limits/mine/limits', [401, 401, 401, 401, 201], { value: { 'max-queues': 9 } }],
  ['GET', '/parameters/vhost-limits/mine/limits', policing],
  ['DELETE', '/parameters/vhost-limits/mine/limits', [401, 401, 401, 401, 204]],
  ['PUT', '/parameters/vhost-limits/other/limits', [401, 401, 401, 401, 201], { value: { 'max-queues': 9 } }],
  ['PUT', '/global-parameters/x', [401, 401, 201, 401, 204], { value: 1 }],
  ['GET', '/global-parameters', policing],
  ['GET', '/global-parameters/x', policing],
  ['DELETE', '/global-parameters/x', [401, 401, 204, 401, 404]],
  ['GET', '/policies', managing],
  ['GET', '/policies/mine', managing],
  ['GET', '/policies/other', administering],
  ['PUT', '/policies/mine/p', [401, 401, 201, 401, 204], policy],
  ['GET', '/policies/mine/p', policing],
  ['DELETE', '/policies/mine/p', [401, 401, 204, 401, 404]],
  ['PUT', '/policies/other/p', [401, 401, 401, 401, 201], policy],
  ['GET', '/operator-policies', managing],
  ['GET', '/operator-policies/mine', managing],
  ['GET', '/operator-policies/other', administering],
  ['PUT', '/operator-policies/mine/p', [401, 401, 401, 401, 201], policy],
  ['GET', '/operator-policies/mine/p', administering],
  ['DELETE', '/operator-policies/mine/p', changing],
  ['GET', '/aliveness-test/mine', managing],
  ['GET', '/aliveness-test/other', [401, 401, 401, 401, 401]],
  ['GET', '/healthchecks/node', managing],
  ['GET', `/healthchecks/node/${NODE}`, managing],
  ['GET', '/health/checks/alarms', managing],
  ['GET', '/health/checks/local-alarms', managing],
  ['GET', '/health/checks/virtual-hosts', managing],
  ['GET', '/health/checks/port-listener/1', [401, 503, 503, 503, 503]],
  ['GET', '/health/checks/protocol-listener/amqp', managing],
  ['GET', '/health/checks/node-is-quorum-critical', managing],
  ['GET', '/health/checks/certificate-expiration/1/days', managing],
  ['GET', '/health/checks/is-in-service', anyone],
  ['GET', '/health/checks/ready-to-serve-clients', anyone],
  ['GET', '/health/checks/below-node-connection-limit', anyone],
  ['GET', '/health/checks/reached-target-cluster-size', anyone],
]

describe('what a user may ask of the management, by its tag', () => {
  let managed: ManagedBroker

  beforeAll(async () => {
    managed = await managedBroker()
    const { broker } = managed
    broker.putVhost('mine')
    broker.putVhost('other')
    for (const tag of TAGS) {
      broker.accounts.putUser(tag, { password: tag, tags: tag === 'none' ? '' : tag })
      broker.accounts.setPermissions(tag, 'mine', patterns)
    }
    broker.accounts.putUser('someone', { tags: '' })
    broker.accounts.setTopicPermissions('none', 'mine', 'amq.topic', patterns)
  })

  afterAll(() => managed.close())

  for (const [method, path, statuses, body] of ROWS) {
    it(`${method} ${path}: ${statuses.join(' ')}`, async () => {
      const got: number[] = []
      for (const user of TAGS) got.push((await managed.ask(method, path, { user, body })).status)
      expect(got).toEqual(statuses)
    })
  }

  it('says which tag is missing', async () => {
    const reasons = await Promise.all(
      ['/overview', '/users', '/nodes', '/policies/mine/p'].map(async (path, index) => {
        const user = index === 0 ? 'none' : 'management'
        return (await managed.ask('GET', path, { user })).body
      }),
    )
    expect(reasons).toEqual([
      { error: 'not_authorised', reason: 'Not management user' },
      { error: 'not_authorised', reason: 'Not administrator user' },
      { error: 'not_authorised', reason: 'Not monitor user' },
      { error: 'not_authorised', reason: 'User not authorised to access object' },
    ])
  })

  it('asks whoever comes without a name to log in', async () => {
    const reply = await managed.ask('GET', '/overview', { user: '' })
    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toBe('Basic realm="RabbitMQ Management"')
  })
})
