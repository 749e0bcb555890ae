/**
 * `npm start`: installs what is missing, builds what is stale, then becomes `leveret serve` with the arguments given.
 * The broker runs in this very process, so signals, the terminal and the exit code are its own.
 */
import { constants } from 'node:os'
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

if (process.env.npm_command !== undefined) stopWithNpm()
const main = join(root, 'dist', 'main.js')
process.argv = [process.execPath, main, 'serve', ...process.argv.slice(2)]
await import(pathToFileURL(main).href)

/**
 * npm hands a signal to the shell between it and us, and some shells (dash) die of it without telling us: losing that
 * parent means what the signal meant. A signal that does reach us, as Ctrl-C in a terminal does, ends the watch, or
 * the broker would hear it twice.
 */
function stopWithNpm() {
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM')
  }, 100).unref()
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      clearInterval(watch)
      if (process.listenerCount(signal) === 0) process.exit(128 + constants.signals[signal])
    })
  }
}
