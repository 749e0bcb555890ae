/** Who is logged in, what they may do, logging in and out. The session itself is a cookie no script can read. */
import { useQuery } from '@tanstack/react-query'
import { ApiError, request } from './client'
import { queries, sessionKey } from './hooks'
import type { Whoami } from './types'

/** `null`: nobody is logged in. */
export function useSession() {
  return useQuery<Whoami | null>({
    queryKey: sessionKey,
    queryFn: whoami,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** For pages inside the shell, where somebody is. */
export function useUser(): {
  name: string
  tags: readonly string[]
  isAdministrator: boolean
  mayMonitor: boolean
  mayPolicy: boolean
} {
  const { data } = useSession()
  const tags = data?.tags ?? []
  const has = (...wanted: string[]) => wanted.some(tag => tags.includes(tag))
  return {
    name: data?.name ?? '',
    tags,
    isAdministrator: has('administrator'),
    mayMonitor: has('administrator', 'monitoring'),
    mayPolicy: has('administrator', 'policymaker'),
  }
}

export async function logIn(username: string, password: string): Promise<void> {
  const user = await request<Whoami>('POST', '/session', { username, password })
  queries.removeQueries({ queryKey: ['api'] })
  queries.setQueryData(sessionKey, user)
}

export async function logOut(): Promise<void> {
  await request('DELETE', '/session').catch(() => undefined)
  queries.setQueryData(sessionKey, null)
  queries.removeQueries({ queryKey: ['api'] })
}

async function whoami(): Promise<Whoami | null> {
  try {
    return await request<Whoami>('GET', '/whoami')
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}
