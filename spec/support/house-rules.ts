/**
 * The rules of the house, each a function from source files to complaints, so that every one can be shown a planted
 * violation. `spec/house.spec.ts` applies them to src/.
 */
import { posix } from 'node:path'
import { callsOf, functionsOf, importsOf, type SourceFile } from './source-tree'

/** What a folder, or a file beside the folders, may import. Imports point down; anything not named here is refused. */
export type Layers = Readonly<Record<string, readonly string[]>>

/** The few files that may touch a package or a global that is forbidden to all others; `cli/` is a whole folder. */
export type Keepers = Readonly<Record<string, readonly string[]>>

/** Present exceptions to a limit, by name, with their size: they may only shrink, and go when no longer needed. */
export type Ratchet = Readonly<Record<string, number>>

export function upwardImports(files: readonly SourceFile[], layers: Layers): string[] {
  const complaints: string[] = []
  for (const { path, imports } of relativeImports(files)) {
    const from = layerOf(path)
    const allowed = layers[from]
    if (allowed === undefined) complaints.push(`${path}: the layer ${from} is not in the list`)
    for (const target of imports) {
      const to = layerOf(target)
      if (to !== from && !allowed?.includes(to))
        complaints.push(`${path}: ${from} may not import ${to} (${target})`)
    }
  }
  return complaints
}

/** Nobody may import what is not among `files`, except from a package. */
export function brokenImports(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map(file => file.path))
  return relativeImports(files).flatMap(({ path, imports }) =>
    imports.filter(target => !paths.has(target)).map(target => `${path}: there is no ${target}`),
  )
}

/** Of the wire format, the domain may use the vocabulary only. `framing` are the files that hold the rest of it. */
export function framingInTheDomain(
  files: readonly SourceFile[],
  domain: readonly string[],
  vocabulary: readonly string[],
): string[] {
  return relativeImports(files)
    .filter(({ path }) => domain.includes(layerOf(path)))
    .flatMap(({ path, imports }) =>
      imports
        .filter(target => layerOf(target) === 'amqp' && !vocabulary.includes(target))
        .map(target => `${path}: the domain may use ${vocabulary.join(', ')}, but not ${target}`),
    )
}

/** Cycles between files, type imports included: who can only be read together should be one file. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map(relativeImports(files).map(({ path, imports }) => [path, imports]))
  const complaints: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) complaints.push([...trail.slice(start), path].join(' → '))
    if (start >= 0 || done.has(path)) return
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return complaints
}

/** Files that no entry point leads to. */
export function deadFiles(files: readonly SourceFile[], entries: readonly string[]): string[] {
  const graph = new Map(relativeImports(files).map(({ path, imports }) => [path, imports]))
  const reached = new Set<string>()
  const pending = entries.filter(entry => graph.has(entry))
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    pending.push(...(graph.get(path) ?? []))
  }
  return [...graph.keys()].filter(path => !reached.has(path)).map(path => `${path}: nobody imports it`)
}

/** Packages: only those the published package depends on, and some of them only in their one place. */
export function forbiddenPackages(
  files: readonly SourceFile[],
  dependencies: readonly string[],
  keepers: Keepers,
): string[] {
  const complaints: string[] = []
  for (const file of files) {
    for (const name of importsOf(file).filter(specifier => !specifier.startsWith('.'))) {
      const places = keepers[name]
      if (places !== undefined && !isAmong(file.path, places)) {
        complaints.push(`${file.path}: only ${places.join(', ')} may import ${name}`)
      } else if (!name.startsWith('node:') && !dependencies.includes(packageOf(name))) {
        complaints.push(`${file.path}: ${name} is neither \`node:\` nor a dependency`)
      }
    }
  }
  return complaints
}

/** Calls of globals that belong to one place: the clock's, the console's. `Date.now`, or a bare `setTimeout`. */
export function forbiddenCalls(files: readonly SourceFile[], keepers: Keepers): string[] {
  const complaints: string[] = []
  for (const file of files) {
    for (const { name, line } of callsOf(file)) {
      const places = keepers[name] ?? keepers[`${name.split('.')[0]}.*`]
      if (places === undefined || isAmong(file.path, places)) continue
      complaints.push(`${file.path}:${line}: only ${places.join(', ')} may call ${name}`)
    }
  }
  return complaints
}

export function longFiles(files: readonly SourceFile[], linesMax: number, exceptions: Ratchet): string[] {
  const sizes = files.map(file => ({ name: file.path, lines: linesIn(file.text) }))
  return heldTo(linesMax, sizes, exceptions)
}

export function longFunctions(files: readonly SourceFile[], linesMax: number, exceptions: Ratchet): string[] {
  return heldTo(linesMax, files.flatMap(functionsOf), exceptions)
}

export function missingOpeningComments(files: readonly SourceFile[]): string[] {
  return files
    .filter(file => !/^(#!.*\n)?\s*\/[/*]/.test(file.text))
    .map(file => `${file.path}: does not open with a comment on what it is`)
}

/** A TODO is a decision put off: it names the page in docs/decisions/ that says so. */
export function undecidedTodos(files: readonly SourceFile[]): string[] {
  return files.flatMap(file =>
    file.text.split('\n').flatMap((text, index) => {
      const undecided = /\b(TODO|FIXME|XXX|HACK)\b/.test(text) && !/\bTODO\(decision \d{4}\)/.test(text)
      return undecided ? [`${file.path}:${index + 1}: write TODO(decision 0000), or do it`] : []
    }),
  )
}

function heldTo(
  linesMax: number,
  sizes: readonly { name: string; lines: number }[],
  exceptions: Ratchet,
): string[] {
  const complaints: string[] = []
  const largest = new Map<string, number>()
  for (const { name, lines } of sizes) largest.set(name, Math.max(lines, largest.get(name) ?? 0))
  for (const [name, lines] of largest) {
    const excepted = exceptions[name]
    if (lines > (excepted ?? linesMax))
      complaints.push(`${name}: ${lines} lines, ${excepted ?? linesMax} allowed`)
  }
  for (const [name, excepted] of Object.entries(exceptions)) {
    const lines = largest.get(name) ?? 0
    if (lines <= linesMax) complaints.push(`${name}: the exception is no longer needed`)
    else if (lines < excepted)
      complaints.push(`${name}: shrank to ${lines} lines, lower its exception from ${excepted}`)
  }
  return complaints
}

function layerOf(path: string): string {
  return path.split('/')[0] ?? path
}

function isAmong(path: string, places: readonly string[]): boolean {
  return places.some(place => path === place || (place.endsWith('/') && path.startsWith(place)))
}

/** `@scope/name/deep` → `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function linesIn(text: string): number {
  return text.replace(/\n$/, '').split('\n').length
}

/** For each file the files it imports, by path; `./codec` is `codec.ts`, or `codec.tsx` when that is what is there. */
function relativeImports(files: readonly SourceFile[]): { path: string; imports: string[] }[] {
  const withMarkup = new Set(files.filter(({ path }) => path.endsWith('.tsx')).map(({ path }) => path))
  const fileOf = (stem: string) => (withMarkup.has(`${stem}.tsx`) ? `${stem}.tsx` : `${stem}.ts`)
  return files.map(file => ({
    path: file.path,
    imports: importsOf(file)
      .filter(specifier => specifier.startsWith('.'))
      .map(specifier => fileOf(posix.join(posix.dirname(file.path), specifier).replace(/\.(js|ts)$/, ''))),
  }))
}
