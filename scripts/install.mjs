/**
 * Dependencies as package-lock.json has them: nothing at all to do is the usual case and costs a few milliseconds.
 * A fresh clone gets `npm ci`; one whose lock file has moved on gets only what changed, because better-sqlite3 may
 * have to be compiled again by `npm ci`, and that takes a minute.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, runNpm } from './run.mjs'

const nodeMajorMin = 20

/** Says what it does on standard error. Throws when npm fails. Returns what was done, in words. */
export async function ensureInstalled() {
  if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) {
    throw new Error(`Leveret needs Node.js ${nodeMajorMin} or later, and this is ${process.versions.node}`)
  }
  if (!existsSync(join(root, 'node_modules'))) return install(['ci'], 'dependencies')
  const missing = missingPackages()
  if (missing.length === 0) return 'nothing to do'
  return install(['install', '--no-save'], missing.length === 1 ? missing[0] : `${missing.length} packages`)
}

/** What the lock file wants and node_modules does not have; npm keeps a list of what it installed last. */
export function missingPackages() {
  const wanted = readPackages('package-lock.json')
  const installed = readPackages('node_modules/.package-lock.json')
  return Object.keys(wanted)
    .filter(path => path !== '' && !wanted[path].optional && !wanted[path].devOptional)
    .filter(path => installed[path]?.version !== wanted[path].version || !existsSync(join(root, path)))
    .map(path => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
}

function readPackages(file) {
  const path = join(root, file)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {}
}

async function install(command, what) {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  console.error(`leveret: installing ${what} (a minute or two where better-sqlite3 has to be compiled)`)
  const sign = setInterval(() => console.error(`leveret: still installing, ${seconds()} s`), 15_000)
  const args = [...command, '--loglevel=error', '--no-audit', '--no-fund']
  const { code } = await runNpm(args).finally(() => clearInterval(sign))
  if (code !== 0) throw new Error(`npm ${command.join(' ')} failed with exit code ${code}`)
  return `${what}, ${command[0] === 'ci' ? 'from nothing' : 'brought up to date'}`
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureInstalled().catch(error => {
    console.error(`leveret: ${error.message}`)
    process.exitCode = 1
  })
}
