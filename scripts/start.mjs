/**
 * `npm start`: installs what is missing, builds what is stale, then becomes `leveret serve` with the arguments given.
 * The broker runs in this very process, and package.json starts it by `exec`, so that no shell stands between npm and
 * it: dash dies of a SIGTERM from npm without passing it on, and sits out a SIGINT.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { root } from './run.mjs'

try {
  await ensureInstalled()
  const built = await build()
  if (built !== 'nothing to do') console.error(`leveret: built ${built}`)
} catch (error) {
  console.error(`leveret: ${error.message}`)
  process.exit(1)
}

const main = join(root, 'dist', 'main.js')
process.argv = [process.execPath, main, 'serve', ...process.argv.slice(2)]
await import(pathToFileURL(main).href)
