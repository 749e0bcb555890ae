/** How arrivals are compared with what a test wants to see. */
import { idsOf } from './codec'
import { type Arrival, describe, type Inbox } from './inbox'
import type { CloseFields, MethodName } from './methods'

/** Whose ids a close names; 'none' for a frame that was no method, 'any' where it does not matter. */
export type Cause = MethodName | 'none' | 'any'

/** The next arrival of an inbox, which must be this method. */
export async function expectNext<M extends MethodName>(inbox: Inbox, method: M): Promise<Arrival<M>> {
  const arrival = await inbox.next(() => true, method)
  if (arrival.name !== method) throw new Error(`expected ${method}, got ${describe(arrival)}`)
  return arrival as Arrival<M>
}

export function expectCloseFields(
  fields: CloseFields,
  replyCode: number | 'any',
  replyText: string | RegExp,
  cause: Cause,
): void {
  const code = replyCode === 'any' ? expect.any(Number) : replyCode
  const text = typeof replyText === 'string' ? replyText : expect.stringMatching(replyText)
  const ids = cause === 'any' ? { classId: expect.any(Number), methodId: expect.any(Number) } : idsOf(cause)
  expect(fields).toEqual({ replyCode: code, replyText: text, ...ids })
}
