/** Which version we are. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const LEVERET_VERSION: string = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'),
).version
