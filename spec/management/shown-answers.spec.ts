/**
 * The answers that the API's page shows where an endpoint says none itself: those of a small shop, each asked for. With
 * `UPDATE_EXAMPLES=1` they are written down anew; otherwise what is written must be of the shape that is answered.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ChannelModel, connect } from 'amqplib'
import type { Endpoint } from '../../src/management/api'
import { Login } from '../../src/management/login'
import { endpoints } from '../../src/management/resources'
import { Sessions } from '../../src/management/sessions'
import { shownAnswer } from '../../src/management/shown-answers'
import { eventually } from '../support/eventually'
import { managementOf } from '../support/management-of'
import { ListeningManagement } from './listening-management'

const file = join(__dirname, '../../src/management/shown-answers.ts')

let managed: ListeningManagement
let connection: ChannelModel

beforeAll(async () => {
  managed = await ListeningManagement.open()
  connection = await connect(managed.listening.url, { clientProperties: { connection_name: 'shop' } })
  const channel = await connection.createConfirmChannel()
  await channel.assertExchange('shop', 'topic')
  await channel.assertExchange('front', 'fanout')
  await channel.bindExchange('shop', 'front', '')
  await channel.assertQueue('orders', { maxLength: 10_000 })
  await channel.bindQueue('orders', 'shop', 'order.*')
  await channel.prefetch(1)
  await channel.consume('orders', () => {}, { consumerTag: 'billing' })
  for (const id of ['1', '2'])
    channel.publish('shop', 'order.placed', Buffer.from(`{"order":${id}}`), {
      contentType: 'application/json',
      messageId: id,
      persistent: true,
    })
  await channel.waitForConfirms()
  const orders = managed.listening.vhost.queues.get('orders')
  await eventually(() => expect([orders?.messageCount, orders?.unacknowledgedCount]).toEqual([1, 1]))
  for (let second = 0; second < 5; second++) await managed.sample()
})

afterAll(async () => {
  await connection.close()
  await managed.close()
})

/** Refused here for every connection, as RabbitMQ does for all but those of AMQP 1.0. */
const REFUSED = '/connections/:connection/sessions'

/** Those that say no answer themselves. */
function unsaid(): readonly Endpoint[] {
  const { listening } = managed
  const login = new Login(listening.broker, new Sessions(listening.clock))
  return endpoints(managementOf(listening), login).filter(
    ({ method, path, gives }) => method === 'GET' && path !== REFUSED && gives === undefined,
  )
}

async function answerOf(path: string): Promise<unknown> {
  const [{ name: connectionName }] = (await managed.get('/connections')).body
  const params: Readonly<Record<string, string>> = {
    ...{ vhost: '/', queue: 'orders', exchange: 'shop', username: 'guest' },
    ...{ source: 'shop', kind: 'q', destination: 'orders', props: 'order.*' },
    ...{ connection: connectionName, channel: `${connectionName} (1)` },
  }
  const asked = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? name))
  const { status, body } = await managed.get(asked)
  expect([asked, status]).toEqual([asked, 200])
  if (!Array.isArray(body)) return body
  return [body.find(item => JSON.stringify(item).includes('"shop"')) ?? body[0]]
}

/** Names and kinds, without the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]))
}

/** Where several answer the same, it stands there once. */
function sourceOf(answers: ReadonlyMap<string, unknown>): string {
  const firsts = new Map<string, string>()
  const shown: Record<string, unknown> = {}
  const same: Record<string, string> = {}
  for (const [path, answer] of answers) {
    const text = JSON.stringify(answer)
    const first = firsts.get(text)
    if (first === undefined) {
      firsts.set(text, path)
      shown[path] = answer
    } else same[path] = first
  }
  return `/**
 * Typical answers of the endpoints that say none themselves. Made by \`UPDATE_EXAMPLES=1 npx jest spec/management/shown-answers\`
 * and \`npx biome check --write src\`, from what a broker did answer; the same spec fails when their shape is another one.
 */

/** Undefined: there is none. \`path\`: the endpoint's. */
export function shownAnswer(path: string): unknown {
  return shown[same[path] ?? path]
}

const shown: Readonly<Record<string, unknown>> = ${JSON.stringify(shown)}

/** Paths with the answers of others. */
const same: Readonly<Record<string, string>> = ${JSON.stringify(same)}
`
}

describe('the answers that are shown', () => {
  if (process.env['UPDATE_EXAMPLES'] === '1')
    it('are written down', async () => {
      const answers = new Map<string, unknown>()
      for (const { path } of unsaid()) answers.set(path, await answerOf(path))
      writeFileSync(file, sourceOf(answers))
    })

  it('are of the shape of those that are given', async () => {
    const told = Object.fromEntries(unsaid().map(({ path }) => [path, shapeOf(shownAnswer(path))]))
    const given = new Map<string, unknown>()
    for (const { path } of unsaid()) given.set(path, shapeOf(await answerOf(path)))
    expect(told).toEqual(Object.fromEntries(given))
  })
})
