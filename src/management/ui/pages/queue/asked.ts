/** Which messages of a queue are looked at: kept in the address, so that a link shows the same. */
import { useSearchParams } from 'react-router'

export interface Asked extends Record<string, string | number> {
  readonly state: string
  readonly search: string
  readonly offset: number
}

const states = ['ready', 'unacked', 'all']

/** Everything but turning the page begins anew. */
export function useAsked(): [Asked, (changes: Partial<Asked>) => void] {
  const [search, setSearch] = useSearchParams()
  const state = search.get('state') ?? ''
  const asked = {
    state: states.includes(state) ? state : 'ready',
    search: search.get('search') ?? '',
    offset: Math.max(0, Math.floor(Number(search.get('offset'))) || 0),
  }
  const ask = (changes: Partial<Asked>) =>
    setSearch(
      before => {
        const next = new URLSearchParams(before)
        for (const [name, value] of Object.entries({ offset: 0, ...changes })) {
          if (value === '' || value === 0 || value === 'ready') next.delete(name)
          else next.set(name, String(value))
        }
        return next
      },
      { replace: true },
    )
  return [asked, ask]
}
