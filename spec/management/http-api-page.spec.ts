/** docs/reference/http-api.md names every endpoint that there is, and none that is not. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Endpoint } from '../../src/management/api'
import { Login } from '../../src/management/login'
import { endpoints } from '../../src/management/resources'
import { Sessions } from '../../src/management/sessions'
import { composeBroker } from '../support/composed-broker'
import { managementOf } from '../support/management-of'
import { ManualTurn } from '../support/manual-turn'

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'reference', 'http-api.md'), 'utf8')

describe('docs/reference/http-api.md', () => {
  it('has a line for each endpoint, under the heading that it has on the page of the API', () => {
    expect(listed(page)).toEqual(offered().sort())
  })

  it('names no endpoint as missing that is there', () => {
    const missing = page.slice(
      page.indexOf('### Endpoints that are not there'),
      page.indexOf('## What Leveret'),
    )
    const named = [...missing.matchAll(/^\| `([^`…]+)[^|]*\|/gm)].map(([, path]) => path ?? '')
    expect(named).not.toEqual([])
    const paths = offered().map(line => line.split(' ')[2] ?? '')
    expect(named.filter(path => paths.some(offer => offer.startsWith(path)))).toEqual([])
  })
})

/** `Queues: GET /queues for management: All queues …` */
function listed(text: string): string[] {
  const lines: string[] = []
  let tag = ''
  for (const line of text.split('\n')) {
    tag = /^### (.*)$/.exec(line)?.[1] ?? tag
    const row = /^\| (GET|PUT|POST|DELETE) \| `([^`]+)` \| (\w+) \| (.*) \|$/.exec(line)
    if (row !== null) lines.push(`${tag}: ${row[1]} ${row[2]} for ${row[3]}: ${row[4]}`)
  }
  return lines.sort()
}

function offered(): string[] {
  const { broker, ...composed } = composeBroker(new ManualTurn())
  const login = new Login(broker, new Sessions(broker.clock))
  return endpoints(managementOf({ broker, ...composed }), login).map(
    ({ tag, method, path, who, summary }: Endpoint) => `${tag}: ${method} ${path} for ${who}: ${summary}`,
  )
}
