/** Hands out the former object where the new one says the same, so that of hundreds only those that changed are drawn. */
import { useMemo, useRef } from 'react'

export function useKept<T extends { readonly id: string }>(
  made: readonly T[],
  isSame: (old: T, now: T) => boolean,
): T[] {
  const former = useRef<ReadonlyMap<string, T>>(new Map())
  return useMemo(() => {
    const kept = made.map(now => {
      const old = former.current.get(now.id)
      return old !== undefined && isSame(old, now) ? old : now
    })
    former.current = new Map(kept.map(each => [each.id, each]))
    return kept
  }, [made, isSame])
}
