/** The places of a topology's nodes, computed anew when its shape changes; until then the former ones hold. */
import { useEffect, useRef, useState } from 'react'
import type { Place, Shape } from './places'

export type Places = ReadonlyMap<string, Place>

/** Undefined until the first ones are there. @throws what stops the worker, to the page's boundary */
export function usePlaces(shape: Shape): Places | undefined {
  const worker = useRef<Worker>(undefined)
  const [places, setPlaces] = useState<Places>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    const started = new Worker(new URL('./places-worker.ts', import.meta.url), { type: 'module' })
    started.onmessage = ({ data }: MessageEvent<[string, Place][]>) => setPlaces(new Map(data))
    started.onerror = ({ message }) => setFailure(message || 'The layout of the graph could not be loaded')
    worker.current = started
    return () => started.terminate()
  }, [])
  useEffect(() => worker.current?.postMessage(shape), [shape])
  if (failure !== undefined) throw new Error(failure)
  return places
}
