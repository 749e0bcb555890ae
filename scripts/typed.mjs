/** Loads a harness's TypeScript, whose types are stripped as it is read. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './run.mjs'

const require = createRequire(import.meta.url)

export function loadTyped(...path) {
  const { transformSync } = require('@swc/core')
  require.extensions['.ts'] = (module, file) => {
    const options = {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    }
    module._compile(transformSync(readFileSync(file, 'utf8'), options).code, file)
  }
  return require(join(root, ...path))
}
