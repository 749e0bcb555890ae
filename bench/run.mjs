/**
 * `node bench/run.mjs [name …]`: micro benchmarks on what dist/ holds, all of them or those named. They print and assert
 * nothing. Their TypeScript is stripped here as it is loaded, and what they import from src/ is taken from dist/.
 * `node bench/run.mjs compare …` is the comparison of whole brokers, in compare.mjs, and `startup` that of their starts.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'

const folder = import.meta.dirname
const require = createRequire(import.meta.url)
const notBenchmarks = ['measure']

const known = readdirSync(folder)
  .filter(file => file.endsWith('.ts'))
  .map(file => basename(file, '.ts'))
  .filter(name => !notBenchmarks.includes(name))
const wanted = process.argv.length > 2 ? process.argv.slice(2) : known
const unknown = wanted.filter(name => !known.includes(name))

if (wanted[0] === 'compare' || wanted[0] === 'startup') program(wanted[0])
else if (!existsSync(join(folder, '../dist/index.js'))) fail('there is no dist/: npm run build')
else if (unknown.length > 0) fail(`no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`)
else run()

function program(name) {
  process.argv.splice(2, 1)
  import(`./${name}.mjs`)
}

function run() {
  const { transformSync } = require('@swc/core')
  require.extensions['.ts'] = (module, file) => {
    const source = readFileSync(file, 'utf8').replaceAll("from '../src/", "from '../dist/")
    const options = {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    }
    module._compile(transformSync(source, options).code, file)
  }
  console.log(`Node ${process.version}, medians of several rounds`)
  for (const name of wanted) require(join(folder, `${name}.ts`))
}

function fail(text) {
  console.error(`bench: ${text}`)
  process.exitCode = 1
}
