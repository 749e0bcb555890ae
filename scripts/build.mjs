/**
 * src/ to dist/: CommonJS by the TypeScript compiler, then a thin ES module beside each entry so that `import`
 * finds every name (docs/decisions/0001-commonjs-with-an-esm-wrapper.md), and the web UI by vite into dist/ui. Makes
 * only what was not made from exactly these sources: dist/.built keeps the hash of each of the two.
 */
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { root, runNode, tools } from './run.mjs'

const dist = join(root, 'dist')
const stamp = join(dist, '.built')
const inputs = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs']
/** What package.json exports, as far as it is there: folders of dist/. */
const entries = ['', 'testing'].filter(entry => existsSync(join(root, 'src', entry, 'index.ts')))
const outputs = [
  ...entries.flatMap(entry =>
    ['js', 'd.ts', 'mjs', 'd.mts'].map(extension => join(entry, `index.${extension}`)),
  ),
  'main.js',
]
const ui = join(root, 'src', 'management', 'ui')
const uiInputs = ['package.json', 'tsconfig.json', 'scripts/build.mjs']
const uiOutputs = ['ui/index.html']

/** Returns what was done, in words. Throws with the compiler's messages when the sources do not compile. */
export async function build() {
  const sources = filesUnder(join(root, 'src')).filter(file => file.endsWith('.ts') && !isUi(file))
  const hash = hashOf([...inputs.map(file => join(root, file)), ...sources])
  const uiHash = hashOf([...uiInputs.map(file => join(root, file)), ...filesUnder(ui)])
  const [madeHash, madeUiHash] = existsSync(stamp) ? readFileSync(stamp, 'utf8').split('\n') : []
  const done = []
  if (hash !== madeHash || !areThere(outputs)) {
    rmSync(stamp, { force: true })
    await compile()
    removeOrphans(new Set(sources))
    for (const entry of entries) writeEsmWrapper(join(dist, entry))
    if (existsSync(join(dist, 'main.js'))) chmodSync(join(dist, 'main.js'), 0o755)
    done.push(`${sources.length} files`)
  }
  if (existsSync(ui) && (uiHash !== madeUiHash || !areThere(uiOutputs))) {
    rmSync(stamp, { force: true })
    await bundleUi()
    done.push('the web UI')
  }
  if (done.length === 0) return 'nothing to do'
  writeFileSync(stamp, `${hash}\n${uiHash}\n`)
  return done.join(', ')
}

/** Emits JavaScript even where types are wrong: src/amqp/generate.ts must run to mend what it generates. */
export async function compile() {
  const { code, output } = await runNode(tools.tsc, ['-p', 'tsconfig.build.json'], { quiet: true })
  if (code !== 0) throw new Error(`the sources do not compile\n${output.trimEnd()}`)
}

async function bundleUi() {
  const config = join('src', 'management', 'ui', 'vite.config.ts')
  const args = ['build', '--config', config, '--logLevel', 'error']
  const { code, output } = await runNode(tools.vite, args, { quiet: true })
  if (code !== 0) throw new Error(`the web UI does not build\n${output.trimEnd()}`)
  for (const file of filesUnder(join(dist, 'ui', 'assets')))
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)))
}

function areThere(files) {
  return files.every(file => existsSync(join(dist, file)))
}

function isUi(file) {
  return file.startsWith(ui + sep)
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0')
  return hash.digest('hex')
}

/** A file that has left src/ must leave dist/ too, or a stale import of it would go on working here and only here. */
function removeOrphans(sources) {
  for (const file of filesUnder(dist)) {
    if (file.startsWith(join(dist, 'ui') + sep)) continue
    const source = file.replace(/\.(js|js\.map|d\.ts)$/, '.ts').replace(dist, join(root, 'src'))
    if (source.endsWith('.ts') && !sources.has(source)) rmSync(file)
  }
}

/** The names are read from the module itself, so that none can be forgotten; there is one instance of everything. */
function writeEsmWrapper(folder) {
  const names = Object.keys(createRequire(import.meta.url)(join(folder, 'index.js'))).sort()
  const lines = [
    '// Made by scripts/build.mjs: the names of index.js for `import`.',
    "import leveret from './index.js'",
    `export const {\n${names.map(name => `  ${name},\n`).join('')}} = leveret`,
  ]
  writeFileSync(join(folder, 'index.mjs'), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'index.d.mts'), "export * from './index.js'\n")
}

function filesUnder(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  build().then(
    done => console.error(`leveret: built dist, ${done}`),
    error => {
      console.error(`leveret: ${error.message}`)
      process.exitCode = 1
    },
  )
}
