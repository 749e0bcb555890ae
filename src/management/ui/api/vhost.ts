/**
 * Which virtual host the lists show: one, or all of them (''). It is in the address, so that a link shows the same;
 * a page opened without takes the one chosen last.
 */
import { useCallback } from 'react'
import { useSearchParams } from 'react-router'
import { route } from './client'

const storageKey = 'leveret-vhost'

export function useVhost(): [string, (vhost: string) => void] {
  const [search, setSearch] = useSearchParams()
  const inAddress = search.get('vhost')
  const vhost = inAddress ?? localStorage.getItem(storageKey) ?? ''
  const choose = useCallback(
    (chosen: string) => {
      localStorage.setItem(storageKey, chosen)
      setSearch(
        before => {
          const next = new URLSearchParams(before)
          next.set('vhost', chosen)
          next.delete('page')
          return next
        },
        { replace: true },
      )
    },
    [setSearch],
  )
  return [vhost, choose]
}

/** `/queues`, or `/queues/%2F` when one virtual host was chosen. */
export function inVhost(resource: string, vhost: string): string {
  return vhost === '' ? `/${resource}` : route(resource, vhost)
}
