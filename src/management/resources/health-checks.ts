/**
 * Health checks: 200 `{"status":"ok"}`, or 503 with RabbitMQ's reason. Those that RabbitMQ gives to anyone need no login,
 * so a probe of a container platform can ask without a password. What only several nodes can lose is in order on one.
 */
import { type TObject, Type } from '@sinclair/typebox'
import { NODE_NAME } from '../../broker/names'
import type { Alarms } from '../../broker/resources/alarms'
import { Answer, type Endpoint, endpoint } from '../api'
import type { Who } from '../login'
import type { Management } from '../management'
import { inVhost } from '../parameters'
import { badRequest, objectNotFound } from '../problems'
import { expiringCertificates, secondsOf } from './certificate-expiration'
import { protocolNamed } from './protocol-names'

const OK = { status: 'ok' }
const ALONE = { status: 'ok', reason: 'single node cluster' }

interface Check {
  /** Behind `/api/health/checks`. */
  readonly path: string
  readonly summary: string
  readonly who?: Who
  readonly params?: TObject
  run(params: Readonly<Record<string, string>>): unknown
}

export function healthCheckEndpoints(management: Management): Endpoint[] {
  const checks = [...ownChecks(management), ...listenerChecks(management), ...clusterChecks(management)]
  return checks.map(({ path, summary, who = 'management', params, run }) =>
    endpoint({
      method: 'GET',
      path: `/health/checks${path}`,
      who,
      tag: 'Health checks',
      summary,
      ...(params === undefined ? {} : { forms: { params } }),
      gives: OK,
      handle: ({ params: given }) => run((given ?? {}) as Readonly<Record<string, string>>),
    }),
  )
}

function ownChecks({ broker, connections, listeners }: Management): Check[] {
  const alarms = (reason: string): unknown =>
    broker.alarms.isRaised ? failed(reason, { alarms: alarmViews(broker.alarms) }) : OK
  return [
    {
      path: '/alarms',
      summary: 'No alarm is in effect: publishers need not wait',
      run: () => alarms('There are alarms in effect in the cluster'),
    },
    {
      path: '/local-alarms',
      summary: 'The same, of this node',
      run: () => alarms('There are alarms in effect on the node'),
    },
    { path: '/is-in-service', who: 'anyone', summary: 'The node takes clients', run: () => OK },
    {
      path: '/ready-to-serve-clients',
      who: 'anyone',
      summary: 'The node listens for AMQP clients',
      run: () => {
        const isServing = listeners().some(({ protocol }) => protocol === 'amqp' || protocol === 'amqp/ssl')
        return isServing ? OK : failed('no active listeners for AMQP/AMQPS', {})
      },
    },
    {
      path: '/below-node-connection-limit',
      who: 'anyone',
      summary: 'The node takes more connections: it has no limit of its own',
      run: () => ({ ...OK, connections: connections.count }),
    },
    {
      path: '/virtual-hosts',
      summary: 'All virtual hosts are running',
      run: () => OK,
    },
    {
      path: '/metadata-store/initialized',
      summary: 'The definitions are loaded: before that nothing is answered',
      run: () => OK,
    },
    {
      path: '/metadata-store/initialized/with-data',
      summary: 'The same, and there is a virtual host',
      run: () =>
        broker.vhosts.size > 0
          ? OK
          : failed('Metadata store has not yet been initialized: it reports to have no virtual hosts', {}),
    },
  ]
}

function listenerChecks({ broker, listeners }: Management): Check[] {
  return [
    {
      path: '/port-listener/:port',
      summary: 'Something listens on the port',
      params: Type.Object({ port: Type.String() }),
      run: ({ port: text = '' }) => {
        if (!/^[+-]?\d{1,15}$/.test(text)) throw badRequest('Invalid port')
        const port = Number(text)
        const ports = listeners()
          .map(listener => listener.port)
          .filter(open => open !== 0) // of a unix socket
        return ports.includes(port) ? { ...OK, port } : failed('No active listener', { missing: port, ports })
      },
    },
    {
      path: '/protocol-listener/:protocols',
      summary: 'The protocols, with commas between, are listened for',
      params: Type.Object({ protocols: Type.String() }),
      run: ({ protocols = '' }) => {
        const active = [...new Set(listeners().map(({ protocol }) => protocol))]
        const asked = [...new Set(protocols.split(',').map(protocolNamed))]
        const missing = asked.filter(protocol => !active.includes(protocol))
        return missing.length === 0
          ? { ...OK, protocols: active }
          : failed('No active listener', { missing, protocols: active })
      },
    },
    {
      path: '/certificate-expiration/:within/:unit',
      summary: 'No certificate expires within so many days, weeks, months or years',
      params: Type.Object({ within: Type.String(), unit: Type.String() }),
      run: ({ within = '', unit = '' }) => {
        const seconds = secondsOf(within, unit)
        const expired = expiringCertificates(listeners(), broker.clock.now() + seconds * 1000)
        return expired.length === 0 ? OK : failed('Certificates expiring', { expired })
      },
    },
  ]
}

function clusterChecks({ broker }: Management): Check[] {
  const leaders = '/quorum-queues-without-elected-leaders'
  const pattern = Type.Object({ pattern: Type.String() })
  const ofVhost = ({ vhost: name = '' }: Readonly<Record<string, string>>): unknown => {
    if (!broker.vhosts.has(name)) throw objectNotFound()
    return OK
  }
  const summary = 'Every quorum queue has a leader: this node'
  return [
    {
      path: '/node-is-quorum-critical',
      summary: 'No queue loses its quorum with this node',
      run: () => ALONE,
    },
    { path: '/node-is-mirror-sync-critical', summary: 'No mirror is lost with this node', run: () => ALONE },
    {
      path: '/reached-target-cluster-size',
      who: 'anyone',
      summary: 'As many nodes as there shall be: one',
      run: () => OK,
    },
    { path: `${leaders}/all-vhosts`, summary, run: () => OK },
    { path: `${leaders}/all-vhosts/pattern/:pattern`, summary, params: pattern, run: () => OK },
    { path: `${leaders}/vhost/:vhost`, summary, params: inVhost, run: ofVhost },
    {
      path: `${leaders}/vhost/:vhost/pattern/:pattern`,
      summary,
      params: Type.Composite([inVhost, pattern]),
      run: ofVhost,
    },
  ]
}

function failed(reason: string, details: object): Answer {
  return new Answer(503, { status: 'failed', reason, ...details })
}

function alarmViews(alarms: Alarms): object[] {
  return alarms.resources.map(resource => ({
    resource: resource === 'disk' ? 'disk space' : resource,
    node: NODE_NAME,
  }))
}
