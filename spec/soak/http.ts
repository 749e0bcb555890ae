/** Requests to the HTTP API of a broker that may be killed at any time. */
import type { SoakStage } from './soak-stage'

/** How long a broker that is being stopped may refuse what it will never answer. */
const STOPPING_MS = 10_000
const AUTHORIZATION = `Basic ${Buffer.from('guest:guest').toString('base64')}`

/** Undefined: the broker is gone. Any other status than these is complained of. */
export async function request(
  stage: SoakStage,
  method: string,
  path: string,
  { body, statuses = [200], user }: { body?: unknown; statuses?: readonly number[]; user?: string } = {},
): Promise<string | undefined> {
  stage.ledger.figures.httpRequests++
  const authorization = user === undefined ? AUTHORIZATION : `Basic ${Buffer.from(user).toString('base64')}`
  const problem = await fetch(`${stage.managementUrl}${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).then(
    async response => {
      const text = await response.text()
      if (statuses.includes(response.status)) return { text }
      return `${response.status} ${text.slice(0, 200)}`
    },
    error => `${String(error)} ${String(error?.cause ?? '')}`,
  )
  if (typeof problem === 'object') return problem.text
  await stage.pause(STOPPING_MS)
  if (!stage.isOver) stage.ledger.complain(`${method} ${path}: ${problem}`)
  return undefined
}
