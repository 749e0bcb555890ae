/**
 * The server looks through ten thousand messages at a time. A search that found nothing among them goes on by itself, one
 * request after the other, until something is found, the queue ends, or somebody stops it.
 */
import { useEffect, useState } from 'react'
import type { PeekedPage } from '../../api/message-types'
import type { Asked } from './asked'

export interface SearchOn {
  /** Nobody has stopped it. */
  readonly isGoing: boolean
  readonly stop: () => void
  readonly resume: () => void
}

export function useSearchOn(
  page: PeekedPage | undefined,
  asked: Asked,
  ask: (changes: Partial<Asked>) => void,
): SearchOn {
  const [stopped, setStopped] = useState<string>()
  const { search, offset } = asked
  const isGoing = search !== '' && stopped !== search
  const next = isGoing && page?.offset === offset && page.items.length === 0 ? page.next_offset : null
  // biome-ignore lint/correctness/useExhaustiveDependencies: `ask` is made anew each time and does the same
  useEffect(() => {
    if (next !== null) ask({ offset: next })
  }, [next])
  return { isGoing, stop: () => setStopped(search), resume: () => setStopped(undefined) }
}
