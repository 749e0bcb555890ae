/**
 * Exchange types that not every broker has: RabbitMQ keeps most of them in plugins. Which there are is found by
 * start-broker.ts before any test runs; the tests of those that are missing are skipped by name.
 */
import type { Table } from './methods'
import { Wire } from './wire'

const asked = [
  'x-consistent-hash',
  'x-delayed-message',
  'x-local-random',
  'x-message-deduplication',
  'x-modulus-hash',
  'x-random',
  'x-recent-history',
]

/** What some of them cannot be declared without. */
const needed: Readonly<Record<string, Table>> = {
  'x-delayed-message': { 'x-delayed-type': 'direct' },
  'x-message-deduplication': { 'x-cache-size': 10 },
}

/** `describe`, or skipped if the broker has no such type. */
export function describeType(type: string, tests: () => void): void {
  const found = (process.env['CONFORMANCE_EXCHANGE_TYPES'] ?? '').split(' ')
  if (found.includes(type)) describe(`an exchange of type ${type}`, tests)
  else describe.skip(`this broker has no exchange of type ${type}`, tests)
}

/** Tries each on a connection of its own: RabbitMQ 3 closes it for a type that it does not know. */
export async function findExchangeTypes(url: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const type of asked) if (await hasType(url, type)) found.push(type)
  return found
}

async function hasType(url: string, type: string): Promise<boolean> {
  const wire = await (await Wire.connect(url)).open()
  const exchange = `conformance-has-${type}-${process.pid}`
  try {
    const channel = await wire.channel()
    await channel.call('exchange.declare', {
      exchange,
      type,
      autoDelete: true,
      arguments: needed[type] ?? {},
    })
    await channel.call('exchange.delete', { exchange })
    return true
  } catch (refusal) {
    if (String(refusal).includes('unknown exchange type')) return false
    throw refusal
  } finally {
    await wire.destroy()
  }
}
