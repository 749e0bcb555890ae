/** ns per ByteRangeCache.get: `node spec/structures/name-cache.bench.js`. Not a spec: prints, asserts nothing. */
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { transformSync } = require('@swc/core')

const file = join(__dirname, '../../src/structures/name-cache.ts')
const { code } = transformSync(readFileSync(file, 'utf8'), {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs' },
})
const compiled = { exports: {} }
new Function('exports', 'module', code)(compiled.exports, compiled)
const { ByteRangeCache } = compiled.exports

const KEY_BYTES = 20
const CALLS = 20_000_000

/** A chunk as it comes from a socket: `names` keys of 20 bytes that differ in their last four. */
function chunkOf(names) {
  return Buffer.concat(
    Array.from({ length: names }, (_, i) => Buffer.from(`orders.created.${String(i).padStart(5, '0')}`)),
  )
}

function measure(label, names, lookUp) {
  const chunk = chunkOf(names)
  const cache = new ByteRangeCache(1024)
  for (let at = 0; at < chunk.length; at += KEY_BYTES)
    cache.set(chunk, at, at + KEY_BYTES, chunk.latin1Slice(at, at + KEY_BYTES))
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 7; round++) {
    const start = process.hrtime.bigint()
    const found = lookUp(cache, chunk)
    best = Math.min(best, Number(process.hrtime.bigint() - start) / CALLS)
    if (found === 0) throw new Error('nothing was found')
  }
  console.log(`${label}: ${best.toFixed(1)} ns`)
}

function walk(cache, chunk) {
  let found = 0
  let at = 0
  for (let i = 0; i < CALLS; i++) {
    if (cache.get(chunk, at, at + KEY_BYTES) !== undefined) found++
    at += KEY_BYTES
    if (at === chunk.length) at = 0
  }
  return found
}

function intern(_cache, chunk) {
  let found = 0
  for (let i = 0; i < CALLS; i++) found += chunk.latin1Slice(0, KEY_BYTES).length
  return found
}

measure('same name as before', 1, walk)
measure('16 names in turn', 16, walk)
measure('256 names in turn (some collide)', 256, walk)
measure('for comparison, latin1Slice', 1, intern)
