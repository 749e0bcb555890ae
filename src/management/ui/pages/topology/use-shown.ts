/** What the topology's page shows: all of a virtual host or what is around one, drawn or in rows. Kept in the address. */
import { useSearchParams } from 'react-router'
import type { NodeKind } from './ways'

export type Form = 'graph' | 'table'

/** The one around which to look. */
export interface Centre {
  readonly kind: NodeKind
  /** As the API takes it. */
  readonly name: string
}

export interface Shown {
  readonly centre: Centre | undefined
  readonly form: Form
}

export function useShown(): [Shown, (changes: Partial<Shown>) => void] {
  const [search, setSearch] = useSearchParams()
  const show = (changes: Partial<Shown>) =>
    setSearch(
      before => {
        const { centre, form } = { ...shownIn(before), ...changes }
        const next = new URLSearchParams(before)
        for (const name of ['exchange', 'queue', 'form']) next.delete(name)
        if (centre !== undefined) next.set(centre.kind, centre.name)
        if (form === 'table') next.set('form', form)
        return next
      },
      { replace: true },
    )
  return [shownIn(search), show]
}

function shownIn(search: URLSearchParams): Shown {
  const kind = search.has('queue') ? 'queue' : 'exchange'
  const name = search.get(kind) ?? ''
  return {
    centre: name === '' ? undefined : { kind, name },
    form: search.get('form') === 'table' ? 'table' : 'graph',
  }
}
