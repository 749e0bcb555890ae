/** `/api/definitions`: everything but messages, of the broker or of a virtual host, out and in. */
import { Type } from '@sinclair/typebox'
import type { Broker } from '../../broker/broker'
import {
  type Definitions,
  exportDefinitions,
  exportVhostDefinitions,
  type ListOf,
} from '../../broker/definitions/definitions'
import { importDefinitions } from '../../broker/definitions/definitions-import'
import { Answer, type ApiRequest, type Endpoint, endpoint, NO_CONTENT } from '../api'
import { describedBody } from '../described-body'
import { LongList, LongObject } from '../json'
import { isTooDeep, TOO_DEEP } from '../json-depth'
import type { Management } from '../management'
import { isMultipart, multipartFields } from '../multipart'
import { inVhost } from '../parameters'
import { pause } from '../pause'
import { badRequest, vhostNotFound } from '../problems'

const TAG = 'Definitions'

const EXAMPLE = {
  rabbit_version: '4.2.0',
  users: [{ name: 'app', password_hash: 'kI3G…', tags: ['monitoring'] }],
  vhosts: [{ name: '/' }],
  permissions: [{ user: 'app', vhost: '/', configure: '.*', write: '.*', read: '.*' }],
  policies: [],
  queues: [{ name: 'orders', vhost: '/', durable: true, auto_delete: false, arguments: {} }],
  exchanges: [],
  bindings: [],
}

const download = Type.Object({
  download: Type.Optional(Type.String({ description: 'Name of the file that a browser keeps it in.' })),
})

const shownBody = describedBody(
  {
    users: 'With password_hash, or password.',
    vhosts: 'By name.',
    permissions: 'Of users in virtual hosts.',
    topic_permissions: 'The same by routing key.',
    parameters: 'Limits of virtual hosts and operator policies among them.',
    global_parameters: 'The name of the cluster among them.',
    policies: 'As PUT /policies has them.',
    queues: 'Those that are there stay as they are.',
    exchanges: 'The same.',
    bindings: 'Those whose ends are not there are passed over.',
  },
  EXAMPLE,
)

export function definitionEndpoints({ broker }: Management): Endpoint[] {
  return [
    ...['/definitions', '/all-configuration'].flatMap(path => wholeEndpoints(broker, path)),
    ...vhostEndpoints(broker),
  ]
}

function wholeEndpoints(broker: Broker, path: string): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path,
      who: 'administrator',
      tag: TAG,
      summary: 'Everything but messages, for RabbitMQ and Leveret',
      forms: { query: download },
      gives: EXAMPLE,
      handle: ({ query }) => exported(exportDefinitions(broker, inSlices(broker)), query.download),
    }),
    endpoint({
      method: 'POST',
      path,
      who: 'administrator',
      tag: TAG,
      summary:
        'Import definitions: JSON, or a form with the field `file`. A file that is wrong changes nothing',
      reads: 'raw',
      forms: { shownBody },
      handle: request => imported(broker, request),
    }),
  ]
}

function vhostEndpoints(broker: Broker): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/definitions/:vhost',
      who: 'administrator',
      tag: TAG,
      summary: 'What is in a virtual host, but messages',
      forms: { params: inVhost, query: download },
      gives: { queues: [{ name: 'orders', durable: true, auto_delete: false, arguments: {} }] },
      handle: ({ params, query }) => {
        const vhost = broker.vhosts.get(params.vhost)
        if (vhost === undefined) throw badRequest('vhost_not_found')
        return exported(exportVhostDefinitions(broker, vhost, inSlices(broker)), query.download)
      },
    }),
    endpoint({
      method: 'POST',
      path: '/definitions/:vhost',
      who: 'administrator',
      tag: TAG,
      summary: 'Import into a virtual host what was exported of one',
      reads: 'raw',
      forms: { params: inVhost, shownBody },
      handle: request => {
        const { vhost } = request.params
        if (!broker.vhosts.has(vhost)) throw vhostNotFound()
        return imported(broker, request, vhost)
      },
    }),
  ]
}

/** A hundred thousand queues are written over many turns; which of them there are was seen in one. */
function inSlices(broker: Broker): ListOf {
  return (items, view) =>
    new LongList(
      items.length,
      index => view(items[index]!),
      () => pause(broker),
    )
}

function exported(definitions: Definitions, download: string | undefined): Answer {
  return new Answer(200, new LongObject(definitions), asFile(download))
}

function asFile(name: string | undefined): Readonly<Record<string, string>> {
  if (name === undefined) return {}
  return { 'content-disposition': `attachment; filename="${name.replace(/[^\w.@-]/g, '_')}"` }
}

async function imported(
  broker: Broker,
  { user, headers, body }: Pick<ApiRequest, 'user' | 'headers' | 'body'>,
  vhost?: string,
): Promise<unknown> {
  const type = String(headers['content-type'] ?? '')
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
  const fields = isMultipart(type) ? multipartFields(type, bytes) : undefined
  const json = fields === undefined ? bytes : fields.get('file')
  if (json === undefined) throw badRequest('failed_to_parse_json')
  const into = vhost === undefined ? {} : { vhost }
  await importDefinitions(broker, parsed(json), { actor: user.name, ...into })
  const redirect = fields?.get('redirect')?.toString()
  return redirect === undefined ? NO_CONTENT : redirected(redirect)
}

/** RabbitMQ: where its page's form wants to go on. Only within this site. */
function redirected(to: string): Answer {
  if (!/^(?:\.\.\/|\/(?!\/)|[\w#])[\w./#?=&-]*$/.test(to)) return NO_CONTENT
  return new Answer(303, undefined, { location: to })
}

/** Nothing is an empty object. @throws Problem 400 */
function parsed(json: Buffer): Readonly<Record<string, unknown>> {
  if (json.length === 0) return {}
  if (isTooDeep(json)) throw badRequest(TOO_DEEP)
  let definitions: unknown
  try {
    definitions = JSON.parse(json.toString().replace(/^\ufeff/, ''))
  } catch {
    throw badRequest('failed_to_parse_json')
  }
  if (typeof definitions === 'object' && definitions !== null && !Array.isArray(definitions))
    return definitions as Readonly<Record<string, unknown>>
  throw badRequest('failed_to_parse_json')
}
