/** Waiting for what must become true, when no event says that it has. */

export interface EventuallyOptions {
  /** How long the assertion may go on failing. */
  readonly timeoutMs?: number
  /** How long to pause between two attempts. */
  readonly intervalMs?: number
}

/**
 * Tries `assertion` until it no longer throws (or rejects) and gives back its result; at the timeout, throws what it
 * threw last. There is always a first attempt, and one at the very end. Attempts never overlap; one that has not settled
 * at the timeout is given up.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<T> {
  const { timeoutMs = 20_000, intervalMs = 10 } = options // a loaded machine is slow, not wrong
  const deadline = performance.now() + timeoutMs
  const expired = new Error(`the assertion had not settled after ${timeoutMs} ms`)
  let failure: unknown = expired
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isOver = true
      reject(expired)
    }, timeoutMs)
  })
  timeout.catch(() => {})

  try {
    for (;;) {
      const isLast = isOver
      try {
        return await Promise.race([assertion(), timeout])
      } catch (error) {
        if (error !== expired) failure = error
        if (isLast || error === expired) throw failure
      }
      await pause(Math.min(intervalMs, Math.max(deadline - performance.now(), 0)))
    }
  } finally {
    clearTimeout(timer)
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, delayMs))
}
