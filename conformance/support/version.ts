/**
 * RabbitMQ is not one target: where 3.x and 4.x answer differently, a test says both. The version is the one that the
 * broker announces (server-properties), found by start-broker.ts before any test runs.
 */
const serverVersion = process.env['CONFORMANCE_VERSION'] ?? ''

/**
 * The case for the server's version: the longest key of which it is a continuation (`'3.10'` for 3.10.8, else `'3'`),
 * else `default`, which stands for 4.2.
 */
export function byVersion<T>(cases: { readonly default: T } & { readonly [version: string]: T }): T {
  let best = ''
  for (const key of Object.keys(cases)) {
    if (`${serverVersion}.`.startsWith(`${key}.`) && key.length > best.length) best = key
  }
  return best === '' ? cases.default : (cases[best] as T)
}

/** True for 3.x, where much of what 4.x offers is missing. */
export const isVersion3 = byVersion({ '3': true, default: false })

/** True for our own broker, where it means to differ (differences.md). */
export const isLeveret = process.env['CONFORMANCE_LEVERET'] === 'yes'
