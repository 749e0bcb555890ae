/**
 * One stream of server-sent events for all that the page shows: components watch paths, and the stream is opened anew
 * when the set of paths has changed. It rests while the tab is hidden. When the server refuses or loses it, whoever
 * watches is told to ask for itself (`isFailed`), and the stream is tried again later.
 */

/** A path's new body, as GET would answer it. */
export interface Update {
  readonly path: string
  readonly status: number
  readonly body: unknown
}

export type LiveState = 'idle' | 'connecting' | 'live' | 'paused' | 'failed'

const pathsMax = 16
const reopenDelayMs = 40 // the hooks of one page mount one after another
const retryDelayMs = 10_000

export class LiveStream {
  private readonly watched = new Map<string, number>()
  private readonly listeners = new Set<() => void>()
  private source: EventSource | undefined
  private opened = ''
  private timer = 0
  private current: LiveState = 'idle'

  constructor(
    private readonly onUpdate: (update: Update) => void,
    private readonly onFailure: () => void,
  ) {
    document.addEventListener('visibilitychange', () => this.schedule(0))
  }

  get state(): LiveState {
    return this.current
  }

  /** Watches until the returned function is called. */
  watch(path: string): () => void {
    this.watched.set(path, (this.watched.get(path) ?? 0) + 1)
    this.schedule(reopenDelayMs)
    return () => {
      const count = (this.watched.get(path) ?? 1) - 1
      if (count === 0) this.watched.delete(path)
      else this.watched.set(path, count)
      this.schedule(reopenDelayMs)
    }
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.open(), delayMs)
  }

  private open(): void {
    const paths = [...this.watched.keys()].sort().slice(0, pathsMax)
    if (document.hidden || paths.length === 0) {
      this.close()
      this.become(document.hidden ? 'paused' : 'idle')
      return
    }
    const url = `/api/live?${paths.map(path => `path=${encodeURIComponent(path)}`).join('&')}`
    if (this.source !== undefined && this.opened === url) return
    this.close()
    this.opened = url
    if (this.current !== 'failed') this.become('connecting')
    const source = new EventSource(url)
    this.source = source
    source.addEventListener('open', () => this.become('live'))
    source.addEventListener('update', event => this.onUpdate(JSON.parse(event.data as string) as Update))
    source.addEventListener('error', () => this.fail())
  }

  private fail(): void {
    this.close()
    this.become('failed')
    this.schedule(retryDelayMs)
    this.onFailure()
  }

  private close(): void {
    this.source?.close()
    this.source = undefined
    this.opened = ''
  }

  private become(state: LiveState): void {
    if (state === this.current) return
    this.current = state
    for (const listener of this.listeners) listener()
  }
}
