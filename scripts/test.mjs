/**
 * `npm test`: everything a change must pass, from a fresh clone on: install, build, lint and format, types, specs,
 * conformance. `npm test -- spec/amqp` runs only those specs; every argument goes to jest.
 * A step that fails does not stop the ones that can still say something; the table at the end says which did.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { root, runNode, tools } from './run.mjs'

const jestArgs = process.argv.slice(2)
const results = []

const ready = (await step('install', ensureInstalled)) && (await step('build', build))
if (ready && jestArgs.length === 0) {
  await step('lint', () => quietly(tools.biome, ['check', '--error-on-warnings', '--colors=off']))
  await step('types', () => quietly(tools.tsc, ['-p', 'tsconfig.json']))
  await step('types of ui', () => quietly(tools.tsc, ['-p', 'src/management/ui/tsconfig.json']))
}
if (ready) await step('specs', () => loudly(tools.jest, jestArgs))
if (ready && jestArgs.length === 0) await step('conformance', conformance)
summary()

async function conformance() {
  if (!existsSync(join(root, 'conformance', 'run.mjs'))) return 'skipped: conformance/run.mjs is not there'
  return loudly('conformance/run.mjs', [])
}

/** Says the name before, the time and what was done after. Keeps the failure for the table and goes on. */
async function step(name, run) {
  const started = Date.now()
  const result = { name, ok: true, done: '' }
  try {
    result.done = await run()
  } catch (error) {
    result.ok = false
    result.done = 'FAILED'
    console.error(error.message)
  }
  result.seconds = (Date.now() - started) / 1000
  results.push(result)
  console.error(line(result))
  return result.ok
}

/** What it prints matters only when it fails. */
async function quietly(file, args) {
  const { code, output } = await runNode(file, args, { quiet: true })
  if (code !== 0) throw new Error(output.trimEnd())
  return 'ok'
}

async function loudly(file, args) {
  const { code } = await runNode(file, args)
  if (code !== 0) throw new Error(`${file} ended with exit code ${code}`)
  return 'ok'
}

function line({ name, seconds, done }) {
  return `${name.padEnd(12)}${seconds.toFixed(1).padStart(7)} s  ${done}`
}

function summary() {
  const failed = results.filter(result => !result.ok).map(result => result.name)
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0)
  console.error(`\n${results.map(line).join('\n')}`)
  console.error(
    line({ name: 'all', seconds, done: failed.length === 0 ? 'passed' : `FAILED: ${failed.join(', ')}` }),
  )
  process.exitCode = failed.length === 0 ? 0 : 1
}
