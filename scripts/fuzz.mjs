/**
 * `npm run fuzz -- [--target T] [--minutes N] [--seed S]`: feeds damaged input to everything that strangers reach, until
 * something breaks. TypeScript is stripped as it is loaded; where jest's instrumenter is installed src counts what runs,
 * and inputs that reach new code are kept and varied.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { root } from './run.mjs'

const require = createRequire(import.meta.url)
const { transformSync } = require('@swc/core')
const instrumenter = countingInstrumenter()
const source = join(root, 'src') + sep

require.extensions['.ts'] = (module, file) => {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  })
  const counted = file.startsWith(source) && instrumenter !== undefined
  module._compile(counted ? instrumenter.instrumentSync(code, file) : code, file)
}

process.setSourceMapsEnabled(instrumenter === undefined)
// What nobody caught is a finding like any other, and ends this with a stack trace.
const { main } = require(join(root, 'spec', 'fuzz', 'main.ts'))
await main(process.argv.slice(2))

function countingInstrumenter() {
  if (process.argv.includes('--no-counting')) return undefined
  try {
    const { createInstrumenter } = require('istanbul-lib-instrument')
    return createInstrumenter({ compact: false, esModules: false, coverageVariable: '__coverage__' })
  } catch {
    return undefined // it comes with jest, but nobody promised
  }
}
