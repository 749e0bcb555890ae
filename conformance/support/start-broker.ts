/**
 * Before the run: without CONFORMANCE_URL start our own broker, and ask whichever it is for its version, which the
 * tests read synchronously (version.ts). Workers inherit both from the environment.
 */
import { Wire } from './wire'

interface Broker {
  readonly url: string
  close(): Promise<void>
}

export default async function startBroker(): Promise<void> {
  if (!process.env['CONFORMANCE_URL']) {
    const { createBroker } = require('../../dist') as { createBroker(options: object): Promise<Broker> }
    const broker = await createBroker({ port: 0, logLevel: 'silent' })
    ;(globalThis as { conformanceBroker?: Broker }).conformanceBroker = broker
    process.env['CONFORMANCE_URL'] = broker.url
  }
  const wire = await Wire.connect(process.env['CONFORMANCE_URL'])
  await wire.login()
  process.env['CONFORMANCE_VERSION'] = String(wire.serverProperties['version'])
  await wire.destroy()
}
