/**
 * How components read and change the server's state. `useLive(path)` is a GET kept up to date by pushes; `useAction` is
 * a change that says in a notification what became of it, and refreshes what it touched.
 */
import { notifications } from '@mantine/notifications'
import { keepPreviousData, QueryCache, QueryClient, useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { ApiError, type Method, request } from './client'
import { LiveStream } from './live'

const pollingMs = 5_000

export const sessionKey = ['session'] as const

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: checkSession }),
  defaultOptions: {
    queries: {
      retry: false,
      staleTime: 1_000,
      refetchOnWindowFocus: false,
      placeholderData: keepPreviousData,
    },
  },
})

export const live: LiveStream = new LiveStream(
  update => {
    const queryKey = ['api', update.path]
    if (update.status === 200) queries.setQueryData(queryKey, update.body)
    else void queries.invalidateQueries({ queryKey }) // asking again brings the error in the usual way
  },
  () => void queries.invalidateQueries({ queryKey: sessionKey }), // it may have failed because the session ended
)

export function useLiveState() {
  return useSyncExternalStore(
    listener => live.subscribe(listener),
    () => live.state,
  )
}

/** What GET `path` answers, now and whenever it changes. `undefined` asks nothing. */
export function useLive<T>(path: string | undefined) {
  const state = useLiveState()
  const isPushed = path !== undefined && !path.includes('..') // the stream takes no such path
  useEffect(() => (isPushed ? live.watch(path) : undefined), [path, isPushed])
  return useQuery<T>({
    queryKey: ['api', path],
    queryFn: ({ signal }) => request<T>('GET', path!, undefined, { signal }),
    enabled: path !== undefined,
    refetchInterval: state === 'failed' || !isPushed ? pollingMs : false,
  })
}

/** What GET `path` answers, asked once. */
export function useOnce<T>(path: string | undefined) {
  return useQuery<T>({
    queryKey: ['api', path],
    queryFn: ({ signal }) => request<T>('GET', path!, undefined, { signal }),
    enabled: path !== undefined,
  })
}

/** How a change is run: `isQuiet` leaves telling a refusal to the caller, such as a form that shows it itself. */
export interface ActionOptions {
  readonly isQuiet?: boolean
}

export interface Action {
  readonly method: Exclude<Method, 'GET'>
  readonly path: string
  readonly body?: unknown
  /** Said when it worked: "Queue orders deleted". Nothing is said without. */
  readonly done?: string
}

/** Runs actions, several in order when given a list, and stops at the first that is refused. */
export function useAction<Result = unknown>({ isQuiet = false }: ActionOptions = {}) {
  return useMutation<Result, Error, Action | readonly Action[]>({
    mutationFn: async given => {
      let result: unknown
      const done: string[] = []
      try {
        for (const action of [given].flat() as Action[]) {
          result = await request(action.method, action.path, action.body)
          if (action.done !== undefined) done.push(action.done)
        }
      } finally {
        tell(done)
      }
      return result as Result
    },
    onError: error => {
      checkSession(error)
      if (isQuiet) return
      notifications.show({ title: 'Refused', message: error.message, color: 'red', autoClose: 10_000 })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['api'] }),
  })
}

/**
 * RabbitMQ's API answers 401 to those who are not logged in, but also to those who may not see something. Asking who
 * we are tells which: when nobody is logged in any more, the login appears.
 */
function checkSession(error: Error): void {
  const isMaybeLoggedOut = error instanceof ApiError && error.status === 401
  if (isMaybeLoggedOut) void queries.invalidateQueries({ queryKey: sessionKey })
}

const toldMax = 3

/** Each in a notification, or many in one. */
function tell(done: readonly string[]): void {
  const words = done.length > toldMax ? [`${done[0]}, and ${done.length - 1} more`] : done
  for (const message of words) notifications.show({ message, color: 'green' })
}
