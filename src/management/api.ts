/**
 * How a resource says what it offers: method, path, who may ask, the forms of what comes in, and the handler. From the
 * same lines the HTTP server makes its routes, validation and 405s, and the OpenAPI page.
 */
import type { Static, TSchema } from '@sinclair/typebox'
import type { User } from '../auth/users'
import type { Whence, Who } from './login'

export type HttpMethod = 'GET' | 'PUT' | 'POST' | 'DELETE'

export interface Forms {
  readonly params?: TSchema
  readonly query?: TSchema
  readonly body?: TSchema
  /**
   * Instead of `body`: what the page shows of it. The handler is given whatever came and looks at it itself (`bodies.ts`):
   * RabbitMQ does so after it found what the path names, and its reasons are known to clients.
   */
  readonly shownBody?: TSchema
}

type Shape<Schema> = Schema extends TSchema ? Static<Schema> : undefined

export interface ApiRequest<F extends Forms = Forms> {
  readonly user: User
  readonly params: Shape<F['params']>
  readonly query: Shape<F['query']>
  readonly body: F extends { readonly shownBody: TSchema } ? unknown : Shape<F['body']>
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly sessionToken: string | undefined
  readonly whence: Whence
}

/** An answer that is not simply 200 with JSON. */
export class Answer {
  constructor(
    readonly status: number,
    readonly body: unknown = undefined,
    readonly headers: Readonly<Record<string, string>> = {},
    /** The session cookie to set; empty: it is to be forgotten. */
    readonly sessionToken?: string,
  ) {}
}

export const NO_CONTENT = new Answer(204)
export const CREATED = new Answer(201, '')

export interface Endpoint {
  readonly method: HttpMethod
  /** Behind `/api`, in Fastify's spelling: `/queues/:vhost/:name`. */
  readonly path: string
  readonly who: Who
  readonly summary: string
  /** The heading it stands under on the page. */
  readonly tag: string
  readonly forms: Forms
  /** `raw`: the handler is given the body's bytes, whatever they are. */
  readonly reads?: 'json' | 'raw'
  /** A typical answer, for the page. */
  readonly gives?: unknown
  handle(request: ApiRequest): unknown
}

/** The handler's types follow from the forms. It answers with JSON, with an `Answer`, or with a promise of either. */
export function endpoint<F extends Forms>(
  line: Omit<Endpoint, 'handle' | 'forms'> & {
    readonly forms?: F
    handle(request: ApiRequest<F>): unknown
  },
): Endpoint {
  const { forms = {}, handle, ...rest } = line
  return { ...rest, forms, handle: handle as (request: ApiRequest) => unknown }
}
