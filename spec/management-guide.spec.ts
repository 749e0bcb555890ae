/** docs/guides/management.md: its commands work one after the other, and every health check it names is there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ManagedBroker, managedBroker } from './support/managed-broker'

const page = readFileSync(join(__dirname, '../docs/guides/management.md'), 'utf8')

describe('the guide to running a broker', () => {
  let managed: ManagedBroker

  beforeAll(async () => {
    managed = await managedBroker()
  })

  afterAll(() => managed.close())

  const commands = [...page.replace(/\\\n\s*/g, '').matchAll(/^ {4}curl (-u guest:guest .*)$/gm)].map(
    ([, text]) => text ?? '',
  )

  it('has commands', () => expect(commands.length).toBeGreaterThan(5))

  it.each(commands)('curl %s', async command => {
    const method = /-X (\w+)/.exec(command)?.[1] ?? 'GET'
    const path = /127\.0\.0\.1:15672\/api(\S+)/.exec(command)?.[1] ?? ''
    const given = /-d '([^']*)'/.exec(command)?.[1]
    const body = command.includes('@broker.json')
      ? JSON.stringify((await managed.ask('GET', '/definitions')).body)
      : given
    // what curl says of a body unless it is told otherwise
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const reply = await managed.ask(method as 'GET', path, { body, ...(body ? { headers } : {}) })
    expect(reply.status).toBeLessThan(300)
  })

  it('names health checks that there are', async () => {
    const rows = page.slice(page.indexOf('| `/api/health/checks/…`'), page.indexOf('`/api/aliveness-test/'))
    const names = [...rows.matchAll(/`([a-z][\w/-]+)(?:\/…)?`/g)].map(([, name]) => name ?? '')
    expect(names.length).toBeGreaterThan(10)
    for (const name of names) {
      const path = name.endsWith('leaders') ? `${name}/all-vhosts` : name
      expect([name, (await managed.ask('GET', `/health/checks/${path}`)).status]).toEqual([name, 200])
    }
  })

  it('says of the first ones only that they need no login', async () => {
    for (const [name, status] of [
      ['is-in-service', 200],
      ['ready-to-serve-clients', 200],
      ['below-node-connection-limit', 200],
      ['reached-target-cluster-size', 200],
      ['alarms', 401],
    ] as const) {
      const reply = await managed.ask('GET', `/health/checks/${name}`, { user: '' })
      expect([name, reply.status]).toEqual([name, status])
    }
  })
})
