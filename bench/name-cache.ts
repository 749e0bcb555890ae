/** From bytes to the value made of them before: ByteRangeCache beside making the string each time. */
import { ByteRangeCache } from '../src/structures/name-cache'
import { compare, type Variant } from './measure'

const KEY_BYTES = 20
const LOOK_UPS = 1_000_000

/** A chunk as it comes from a socket: keys of 20 bytes that differ in their last four. */
function chunkOf(names: number): Buffer {
  const keys = Array.from({ length: names }, (_, i) => `orders.created.${String(i).padStart(5, '0')}`)
  return Buffer.from(keys.join(''))
}

function looking(name: string, names: number): Variant {
  const chunk = chunkOf(names)
  const cache = new ByteRangeCache<string>(1024)
  for (let at = 0; at < chunk.length; at += KEY_BYTES) {
    cache.set(chunk, at, at + KEY_BYTES, chunk.toString('latin1', at, at + KEY_BYTES))
  }
  return {
    name,
    run: () => {
      let found = 0
      let at = 0
      for (let i = 0; i < LOOK_UPS; i++) {
        if (cache.get(chunk, at, at + KEY_BYTES) !== undefined) found++
        at += KEY_BYTES
        if (at === chunk.length) at = 0
      }
      if (found === 0) throw new Error('nothing was found')
      return LOOK_UPS
    },
  }
}

function slicing(): Variant {
  const chunk = chunkOf(1)
  return {
    name: 'for comparison, a string each time (and its garbage)',
    run: () => {
      let length = 0
      for (let i = 0; i < LOOK_UPS; i++) length += chunk.toString('latin1', 0, KEY_BYTES).length
      if (length === 0) throw new Error('nothing was sliced')
      return LOOK_UPS
    },
  }
}

compare('name-cache: get, keys of 20 bytes', [
  looking('same name as before', 1),
  looking('16 names in turn', 16),
  looking('256 names in turn (some collide)', 256),
  slicing(),
])
