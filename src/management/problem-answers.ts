/**
 * Problems as answers: refusals of logins held back, defects of ours told to the log and not to who asked, and a browser asked
 * for a password only where no page of ours does that.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HeldAnswers } from './held-answers'
import { SESSION_COOKIE } from './login'
import type { Management } from './management'
import { LoginRefused, problemOf } from './problems'

export function answerErrors(app: FastifyInstance, management: Management): void {
  const held = new HeldAnswers(management.broker.clock)
  app.setErrorHandler((error, request, reply) => {
    const answer = (): void => answerProblem(management, error, reply)
    const delayMs = error instanceof LoginRefused ? error.delayMs : 0
    if (delayMs > 0) held.hold(request.raw.socket, delayMs, answer)
    else answer()
  })
}

export function answerProblem(management: Management, error: unknown, reply: FastifyReply): void {
  const problem = problemOf(error)
  if (problem === undefined) {
    // Not its address: RabbitMQ has a path with a password in it.
    const { method, routeOptions } = reply.request
    management.logger.error(
      { err: error, method, route: routeOptions.url },
      'a request failed by a defect of ours',
    )
    reply.code(500).send({ error: 'internal_server_error', reason: 'Internal Server Error' })
    return
  }
  if (problem.status === 401 && problem.error === 'not_authorized' && !isPage(reply.request)) {
    reply.header('www-authenticate', 'Basic realm="RabbitMQ Management"')
  }
  reply.code(problem.status).send({ error: problem.error, reason: problem.reason })
}

/** The web UI asks for the password itself: the browser shall not. */
function isPage({ headers, cookies }: FastifyRequest): boolean {
  if (headers['x-requested-with'] !== undefined || cookies[SESSION_COOKIE] !== undefined) return true
  const mode = headers['sec-fetch-mode']
  return headers.accept === 'text/event-stream' || (mode !== undefined && mode !== 'navigate')
}
