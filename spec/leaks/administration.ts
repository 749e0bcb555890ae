/** What comes and goes over the HTTP API: virtual hosts, users, policies, sessions, pages that are looked at. */
import { request } from 'node:http'
import { type Churn, newKey, nextName, repeat } from './churn'
import type { Subject } from './subject'

const ALL = { configure: '.*', write: '.*', read: '.*' }

function overHttp(name: string, round: (subject: Subject, key: string) => Promise<unknown>): Churn {
  return {
    name,
    run: (subject, times) =>
      repeat(times, async () => {
        await round(subject, nextName())
      }),
  }
}

/** A page that pushes something, until it is left. */
function look(subject: Subject, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const url = `${subject.managementUrl}/api/live?path=${encodeURIComponent(path)}`
    const asked = request(url, { auth: 'guest:guest', agent: false })
    asked.once('error', reject).once('response', response => {
      response.on('error', () => {}).once('close', resolve)
      response.once('data', () => asked.destroy())
    })
    asked.end()
  })
}

export const administration: readonly Churn[] = [
  overHttp('virtual hosts, users and all about them', async (subject, key) => {
    await subject.ask('PUT', `/api/vhosts/${key}`, {})
    await subject.ask('PUT', `/api/users/${key}`, { password: 'secret', tags: 'management' })
    await subject.ask('PUT', `/api/permissions/${key}/${key}`, ALL)
    await subject.ask('PUT', `/api/topic-permissions/${key}/${key}`, {
      exchange: 'amq.topic',
      write: '^a',
      read: '',
    })
    await subject.ask('PUT', `/api/user-limits/${key}/max-connections`, { value: 5 })
    await subject.ask('PUT', `/api/vhost-limits/${key}/max-queues`, { value: 5 })
    await subject.ask('PUT', `/api/queues/${key}/q`, { durable: true })
    await subject.ask('POST', `/api/bindings/${key}/e/amq.topic/q/q`, { routing_key: 'a.#' })
    const payload = { properties: {}, routing_key: 'a.b', payload: 'some', payload_encoding: 'string' }
    await subject.ask('POST', `/api/exchanges/${key}/amq.topic/publish`, payload)
    const authorization = `Basic ${Buffer.from(`${key}:secret`).toString('base64')}`
    await subject.ask('GET', '/api/queues', undefined, { authorization })
    await subject.ask('DELETE', `/api/users/${key}`)
    await subject.ask('DELETE', `/api/vhosts/${key}`)
  }),
  overHttp('policies and parameters', async (subject, key) => {
    const definition = { 'max-length': 5, 'dead-letter-exchange': key }
    const policy = { pattern: `^${key}(a|b)*$`, definition, priority: 1 }
    await subject.ask('PUT', `/api/policies/%2F/${key}`, policy)
    await subject.ask('PUT', `/api/operator-policies/%2F/${key}`, {
      pattern: key,
      definition: { 'max-length': 9 },
    })
    await subject.ask('PUT', `/api/global-parameters/${key}`, { value: { some: key } })
    await subject.ask('PUT', `/api/queues/%2F/${key}`, { durable: true })
    await subject.ask('DELETE', `/api/policies/%2F/${key}`)
    await subject.ask('DELETE', `/api/operator-policies/%2F/${key}`)
    await subject.ask('DELETE', `/api/global-parameters/${key}`)
    await subject.ask('DELETE', `/api/queues/%2F/${key}`)
  }),
  overHttp('sessions', async subject => {
    const { cookie } = await subject.ask(
      'POST',
      '/api/session',
      { username: 'guest', password: 'guest' },
      { authorization: '' },
    )
    await subject.ask('GET', '/api/whoami', undefined, { cookie })
    await subject.ask('DELETE', '/api/session', undefined, { cookie, 'x-requested-with': 'leveret' })
  }),
  overHttp('requests that are refused', async (subject, name) => {
    const key = newKey()
    const authorization = `Basic ${Buffer.from(`${key}:wrong`).toString('base64')}`
    await subject.ask('GET', '/api/queues', undefined, { authorization })
    await subject.ask('GET', `/api/queues/%2F/${name}`)
    await subject.ask('GET', `/api/${key}?${key}=1`)
    await subject.ask('PUT', `/api/queues/%2F/${name}`, { arguments: { 'x-max-length': key } })
  }),
  overHttp('pages that are looked at', (subject, key) => look(subject, `/queues?name=${key}`)),
  overHttp('lists', async (subject, key) => {
    for (const path of ['overview', 'queues', 'connections', 'channels', 'bindings', 'definitions'])
      await subject.ask('GET', `/api/${path}?sort=name&x=${key}`)
    await subject.ask('GET', '/metrics')
  }),
]
