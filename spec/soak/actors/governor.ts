/** Changes the policies of a queue under load, and makes and unmakes virtual hosts, users and topology over HTTP. */
import type { Random } from '../../crash/random'
import { request } from '../http'
import type { SoakStage } from '../soak-stage'

const DEFINITIONS = [
  { 'max-length': 3 },
  { 'max-length': 40 },
  { 'max-length-bytes': 20_000 },
  { 'message-ttl': 400 },
  { 'message-ttl': 3000, 'max-length': 10 },
]
const POLICY = '/api/policies/%2F/soak-capped'
const CHANGED = [201, 204]

export async function governor(stage: SoakStage, random: Random): Promise<void> {
  while (stage.isBusy) {
    await stage.rest(random.between(1000, 8000))
    if (!stage.isBusy) return
    if (random.chance(0.25)) await request(stage, 'DELETE', POLICY, { statuses: [204, 404] })
    else {
      const body = { pattern: '^soak\\.capped$', definition: random.pick(DEFINITIONS), 'apply-to': 'queues' }
      await request(stage, 'PUT', POLICY, { body, statuses: CHANGED })
    }
    await buildAndTearDown(stage, random)
  }
}

/** What is left of it by a kill is taken away the next time: there are few names. */
async function buildAndTearDown(stage: SoakStage, random: Random): Promise<void> {
  const name = `built-${random.between(0, 4)}`
  const made = { statuses: CHANGED }
  await request(stage, 'PUT', `/api/vhosts/${name}`, { body: {}, ...made })
  await request(stage, 'PUT', `/api/users/${name}`, { body: { password: 'secret', tags: '' }, ...made })
  const all = { configure: '.*', write: '.*', read: '.*' }
  await request(stage, 'PUT', `/api/permissions/${name}/${name}`, { body: all, ...made })
  await request(stage, 'PUT', `/api/permissions/${name}/guest`, { body: all, ...made })
  await request(stage, 'PUT', `/api/queues/${name}/q`, { body: { durable: true }, ...made })
  await request(stage, 'PUT', `/api/exchanges/${name}/x`, { body: { type: 'topic', durable: true }, ...made })
  await request(stage, 'POST', `/api/bindings/${name}/e/x/q/q`, { body: { routing_key: '#' }, ...made })
  const message = { properties: {}, routing_key: 'some', payload: 'built', payload_encoding: 'string' }
  await request(stage, 'POST', `/api/exchanges/${name}/x/publish`, { body: message })
  const gone = { statuses: [204] }
  if (random.chance(0.5)) await request(stage, 'DELETE', `/api/queues/${name}/q`, gone)
  await request(stage, 'DELETE', `/api/vhosts/${name}`, gone)
  await request(stage, 'DELETE', `/api/users/${name}`, gone)
}
