/**
 * `npm run crash -- --rounds N [--seed S] [--power-cut]`: kills brokers (from dist/) and checks what is left of what they
 * promised; see docs/crash-safety.md. The harness's TypeScript is stripped here as it is loaded.
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

const { main } = require(join(root, 'spec', 'crash', 'main.ts'))
await main(process.argv.slice(2))
