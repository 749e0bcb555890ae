/**
 * `npm run simulate -- [--seed N] [--seeds N] [--minutes N]`: whole brokers, clients and disks on seeds, one after the
 * other; see spec/simulation. Its TypeScript is stripped here as it is loaded.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './run.mjs'

const require = createRequire(import.meta.url)
const { transformSync } = require('@swc/core')

require.extensions['.ts'] = (module, file) => {
  const options = {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  }
  module._compile(transformSync(readFileSync(file, 'utf8'), options).code, file)
}

const { main } = require(join(root, 'spec', 'simulation', 'main.ts'))
main(process.argv.slice(2))
