/** What the house rules ask of a source file, from the syntax tree of the parser that also runs the specs. */
import { parseSync } from '@swc/core'

export interface SourceFile {
  /** Relative to src/, with slashes: `queues/queue.ts`. */
  readonly path: string
  readonly text: string
}

/** Every module specifier: import and export declarations, import types, `import()` and `require()`. */
export function importsOf(file: SourceFile): string[] {
  const found: unknown[] = []
  for (const node of treeOf(file).nodes) {
    if (importTypes.test(node.type)) found.push(node['source'])
    else if (node.type === 'TsImportType') found.push(node['argument'])
    else if (node.type === 'TsExternalModuleReference') found.push(node['expression'])
    else if (node.type === 'CallExpression' && /^(import|require)$/.test(nameOf(node['callee']))) {
      found.push((node['arguments'] as { expression: unknown }[])[0]?.expression)
    }
  }
  return [...new Set(found.filter(isNode).map(node => String(node['value'])))]
}

/** Every call by its plain name, `new Date` without arguments included: that is a look at the clock. */
export function callsOf(file: SourceFile): { name: string; line: number }[] {
  const { nodes, lineAt } = treeOf(file)
  return nodes.flatMap(node => {
    const isCall = node.type === 'CallExpression'
    const isEmptyNew = node.type === 'NewExpression' && ((node['arguments'] ?? []) as unknown[]).length === 0
    if (!isCall && !isEmptyNew) return []
    const name = nameOf(node['callee']).replace(/^(globalThis|global)\./, '')
    return [{ name: isCall ? name : `new ${name}`, line: lineAt(node.span?.start ?? 0) }]
  })
}

/** `queues/queue.ts: enqueue` and the lines from its head to its last brace; functions without a name share one. */
export function functionsOf(file: SourceFile): { name: string; lines: number }[] {
  const { nodes, lineAt } = treeOf(file)
  return nodes
    .filter(node => functionTypes.test(node.type) && node.span !== undefined)
    .map(node => {
      const key = (node['identifier'] ?? node['key']) as Node | null | undefined
      const name = `${file.path}: ${String(key?.['value'] ?? '(anonymous)')}`
      const { start, end } = node.span ?? { start: 0, end: 0 }
      return { name, lines: lineAt(end) - lineAt(start) + 1 }
    })
}

const importTypes = /^(ImportDeclaration|ExportAllDeclaration|ExportNamedDeclaration)$/

const functionTypes =
  /^(FunctionDeclaration|(Arrow)?FunctionExpression|ClassMethod|PrivateMethod|Constructor|MethodProperty|[GS]etterProperty)$/

/** A node of the syntax tree; only what is asked for here is known of it. */
export interface Node {
  readonly type: string
  readonly span?: { readonly start: number; readonly end: number }
  readonly [key: string]: unknown
}

export interface Tree {
  readonly nodes: readonly Node[]
  lineAt(byte: number): number
}

const trees = new WeakMap<SourceFile, Tree>()

/** All nodes of a file, parsed once. */
export function treeOf(file: SourceFile): Tree {
  const known = trees.get(file)
  if (known !== undefined) return known
  // The first statement is ours: the parser may count bytes from a number of its own, and this shows which.
  const source = `0\n${file.text.replace(/^#!/, '//')}`
  const module = parseSync(source, {
    syntax: 'typescript',
    tsx: file.path.endsWith('.tsx'),
    target: 'es2022',
  })
  const base = module.body[0]?.span.start ?? 0
  const bytes = Buffer.from(source)
  const nodes: Node[] = []
  collect(module, nodes)
  const lineAt = (byte: number): number => linesBefore(bytes, byte - base)
  const tree = { nodes, lineAt }
  trees.set(file, tree)
  return tree
}

/** Equals the line number in the file itself, which the statement above moved down by one. */
function linesBefore(bytes: Buffer, end: number): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}

function collect(value: unknown, into: Node[]): void {
  if (typeof value !== 'object' || value === null) return
  if (isNode(value)) into.push(value)
  for (const item of Object.values(value)) collect(item, into)
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

/** `setTimeout`, `Date.now`, `process.hrtime.bigint`; empty for what has no such name. */
function nameOf(value: unknown): string {
  if (!isNode(value)) return ''
  if (value.type === 'Import') return 'import'
  if (value.type === 'Identifier') return String(value['value'])
  if (value.type !== 'MemberExpression') return ''
  return `${nameOf(value['object'])}.${nameOf(value['property'])}`
}
