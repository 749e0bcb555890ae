/** For what a server does in its own time: tries again until it holds. Each try should be a round trip. */
import { patienceMs } from './inbox'

export async function eventually<T>(attempt: () => Promise<T>, withinMs = patienceMs): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise(resolve => setImmediate(resolve))
    }
  }
}
