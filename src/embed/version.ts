/** Which version we are, and which RabbitMQ each `compat` level announces. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const LEVERET_VERSION: string = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'),
).version

export const ANNOUNCED_VERSIONS = { '3.13': '3.13.7', '4.2': '4.2.0', '4.3': '4.3.0' } as const

/** How often a quorum queue delivers a message where nothing is said. */
export const DEFAULT_DELIVERY_LIMITS = { '3.13': undefined, '4.2': 20, '4.3': 20 } as const
