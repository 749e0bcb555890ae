/** Requests to the HTTP API of a broker that may be killed at any time. */
import { request as send } from 'node:http'
import type { SoakStage } from './soak-stage'

/** How long a broker that is being stopped may refuse what it will never answer. */
const STOPPING_MS = 10_000

/** Undefined: the broker is gone. Any other status than these is complained of. */
export async function request(
  stage: SoakStage,
  method: string,
  path: string,
  {
    body,
    statuses = [200],
    user = 'guest:guest',
  }: { body?: unknown; statuses?: readonly number[]; user?: string } = {},
): Promise<string | undefined> {
  stage.ledger.figures.httpRequests++
  const answer = await exchange(stage, method, path, user, body).catch((error: Error) => error)
  if (!(answer instanceof Error) && statuses.includes(answer.status)) return answer.text
  await stage.rest(STOPPING_MS)
  if (stage.isOver) return undefined
  const problem = answer instanceof Error ? answer.message : `${answer.status} ${answer.text.slice(0, 200)}`
  stage.ledger.complain(`${method} ${path}: ${problem}`)
  return undefined
}

function exchange(
  { agent, managementUrl }: SoakStage,
  method: string,
  path: string,
  auth: string,
  body: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const sent = send(`${managementUrl}${path}`, { agent, auth, method, headers }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
      response.once('error', reject).once('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.once('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
