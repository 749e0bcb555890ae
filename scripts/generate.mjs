/** `npm run generate`: writes the generated sources and pages, even when they do not compile yet. */
import { build, compile } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { runNode } from './run.mjs'

try {
  await ensureInstalled()
  await compile().catch(() => {}) // types may be wrong until the files are written; JavaScript is emitted all the same
  for (const generator of ['dist/amqp/generate.js', 'dist/config/reference.js', 'dist/cli/reference.js']) {
    const { code } = await runNode(generator)
    if (code !== 0) throw new Error(`${generator} failed`)
  }
  await build()
} catch (error) {
  console.error(`leveret: ${error.message}`)
  process.exitCode = 1
}
