/** What this process holds: heap and buffers. Not RSS: that is the allocator's, and comes back when it likes. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

export const MIB = 1024 * 1024

/** Bytes that can still be reached. */
export async function heldBytes(): Promise<number> {
  // In steps, over several turns of the event loop: sockets and buffers let go of each other in theirs.
  for (let i = 0; i < 3; i++) {
    await new Promise(resolve => setImmediate(resolve))
    collectGarbage()
  }
  return bytesInUse()
}

/** Without collecting: cheap enough to be asked again and again while something goes on. */
export function bytesInUse(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
