/**
 * Before the run: without CONFORMANCE_URL start our own broker, and ask whichever it is for its version and its exchange
 * types, which the tests read synchronously (version.ts, exchange-types.ts). Workers inherit them from the environment.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findExchangeTypes } from './exchange-types'
import { Wire } from './wire'

interface Broker {
  readonly url: string
  readonly managementUrl: string | undefined
  close(): Promise<void>
}

const dist = join(__dirname, '../../dist')

export default async function startBroker(): Promise<void> {
  const url = process.env['CONFORMANCE_URL'] || (await startOwn())
  process.env['CONFORMANCE_URL'] = url
  process.env['CONFORMANCE_MANAGEMENT_URL'] ||= `http://${new URL(url).hostname}:15672`
  process.env['CONFORMANCE_MANAGEMENT'] = (await answers(process.env['CONFORMANCE_MANAGEMENT_URL'] ?? ''))
    ? 'yes'
    : ''
  const wire = await Wire.connect(url)
  await wire.open()
  process.env['CONFORMANCE_VERSION'] = String(wire.serverProperties['version'])
  process.env['CONFORMANCE_LEVERET'] = 'leveret_version' in wire.serverProperties ? 'yes' : ''
  await wire.close().catch(() => wire.destroy())
  process.env['CONFORMANCE_EXCHANGE_TYPES'] = (await findExchangeTypes(url)).join(' ')
}

/** Tests are skipped before anything may wait: so it is asked here. */
function answers(managementUrl: string): Promise<boolean> {
  return fetch(`${managementUrl}/api/overview`).then(
    () => true,
    () => false,
  )
}

/** In the process of the runner; stop-broker.ts closes it. */
async function startOwn(): Promise<string> {
  if (!existsSync(dist)) throw new Error('no CONFORMANCE_URL and no dist/: give a URL, or build first')
  const { createBroker } = require(dist) as { createBroker(options: object): Promise<Broker> }
  const broker = await createBroker({
    port: 0,
    logLevel: 'silent',
    management: true,
    managementPort: 0,
  })
  const held = globalThis as { conformanceBroker?: Broker }
  held.conformanceBroker = broker
  process.env['CONFORMANCE_MANAGEMENT_URL'] = broker.managementUrl
  return broker.url
}
