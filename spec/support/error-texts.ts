/**
 * What the errors of src/ say, read off the places that make them: `new NotFound(…)`, or `super(…)` in the class. A text
 * becomes a pattern, with constants, helpers and both sides of a condition followed as far as they are plain, and
 * anything for the rest: `no ${describeResource('queue', name, vhost)}` is /no .* '.*' in vhost '.*'/.
 */
import { isNode, type Node, type SourceFile, treeOf } from './source-tree'

export interface ThrownText {
  readonly className: string
  /** `broker/vhost.ts:69` */
  readonly place: string
  readonly pattern: RegExp
}

/** The pattern of a text of which nothing can be told. */
export const ANYTHING = '.*'

/** How far helpers are followed; deeper, and in circles, it is anything. */
const DEPTH_MAX = 6

/** Every place in `files` that gives one of the classes a text. */
export function thrownTexts(files: readonly SourceFile[], classNames: readonly string[]): ThrownText[] {
  const texts = new TextPatterns(files)
  const made = files.flatMap(file => madeErrors(file, classNames))
  const speakForThemselves = made.filter(({ isSuper }) => isSuper).map(({ className }) => className)
  return made
    .filter(({ className, isSuper }) => isSuper || !speakForThemselves.includes(className))
    .map(({ className, text, place, scope }) => ({
      className,
      place,
      pattern: new RegExp(`^${texts.patternOf(text, scope, 0)}$`, 's'),
    }))
}

/** Where a name is looked up: in a function, then in its file. */
interface Scope {
  readonly file: SourceFile
  readonly within: Node | undefined
}

interface MadeError {
  readonly className: string
  readonly text: unknown
  readonly place: string
  readonly scope: Scope
  /** It is the class that calls `super(…)`, and what it is made with is no text. */
  readonly isSuper: boolean
}

function madeErrors(file: SourceFile, classNames: readonly string[]): MadeError[] {
  const { nodes, lineAt } = treeOf(file)
  const functions = nodes.filter(isFunction)
  const made: MadeError[] = []
  const add = (className: string, node: Node, isSuper: boolean): void => {
    if (!classNames.includes(className)) return
    const [first] = (node['arguments'] ?? []) as { expression: unknown }[]
    const scope = { file, within: innermost(functions, node) }
    const place = `${file.path}:${lineAt(node.span?.start ?? 0)}`
    made.push({ className, text: first?.expression, place, scope, isSuper })
  }
  for (const node of nodes) {
    if (node.type === 'NewExpression') add(nameOf(node['callee']), node, false)
    if (node.type !== 'ClassDeclaration') continue
    for (const call of innerNodes(node).filter(isSuperCall)) {
      if (!passesParameter(call, node)) add(nameOf(node['identifier']), call, true)
    }
  }
  return made
}

function isSuperCall(node: Node): boolean {
  return node.type === 'CallExpression' && isNode(node['callee']) && node['callee'].type === 'Super'
}

/** `constructor(message) { super(message) }` says nothing of its own. */
function passesParameter(superCall: Node, inClass: Node): boolean {
  const [first] = superCall['arguments'] as { expression: unknown }[]
  const parameters = innerNodes(inClass).filter(node => node.type === 'Parameter')
  const said = nameOf(first?.expression)
  return said !== '' && parameters.some(parameter => nameOf(parameter['pat']) === said)
}

class TextPatterns {
  private readonly functions = new Map<string, { node: Node; file: SourceFile }[]>()
  /** By file and name those of a file's top level, and by name alone those in capitals: they may be imported. */
  private readonly constants = new Map<string, unknown[]>()

  constructor(files: readonly SourceFile[]) {
    for (const file of files) {
      const { nodes } = treeOf(file)
      for (const node of nodes.filter(({ type }) => type === 'FunctionDeclaration')) {
        const name = nameOf(node['identifier'])
        this.functions.set(name, [...(this.functions.get(name) ?? []), { node, file }])
      }
      const functions = nodes.filter(isFunction)
      for (const { name, value } of constantsAmong(nodes)) {
        if (isNode(value) && innermost(functions, value) !== undefined) continue
        this.constants.set(`${file.path} ${name}`, [value])
        if (/^[A-Z][A-Z0-9_]+$/.test(name)) this.constants.set(name, [value])
      }
    }
  }

  patternOf(value: unknown, scope: Scope, depth: number): string {
    if (!isNode(value) || depth > DEPTH_MAX) return ANYTHING
    const next = (inner: unknown): string => this.patternOf(inner, scope, depth + 1)
    switch (value.type) {
      case 'StringLiteral':
      case 'NumericLiteral':
        return escaped(String(value['value']))
      case 'TemplateLiteral':
        return templatePattern(value, next)
      case 'BinaryExpression':
        return value['operator'] === '+' ? next(value['left']) + next(value['right']) : ANYTHING
      case 'ParenthesisExpression':
        return next(value['expression'])
      case 'ConditionalExpression':
        return oneOf([next(value['consequent']), next(value['alternate'])])
      case 'Identifier':
        return oneOf(this.constant(nameOf(value), scope).map(next))
      case 'CallExpression':
        return this.callPattern(nameOf(value['callee']), depth)
      default:
        return ANYTHING
    }
  }

  /** More than one value: blocks of a function may each have a constant of that name. */
  private constant(name: string, { file, within }: Scope): readonly unknown[] {
    const local = within === undefined ? [] : constantsAmong(innerNodes(within))
    const values = local.filter(constant => constant.name === name).map(({ value }) => value)
    if (values.length > 0) return values
    return this.constants.get(`${file.path} ${name}`) ?? this.constants.get(name) ?? []
  }

  private callPattern(name: string, depth: number): string {
    const returned = (this.functions.get(name) ?? []).flatMap(({ node, file }) =>
      innerNodes(node)
        .filter(inner => inner.type === 'ReturnStatement')
        .map(inner => this.patternOf(inner['argument'], { file, within: node }, depth + 1)),
    )
    return oneOf(returned)
  }
}

function templatePattern(template: Node, patternOf: (value: unknown) => string): string {
  const quasis = template['quasis'] as { cooked: string }[]
  const expressions = template['expressions'] as unknown[]
  const parts = quasis.map(({ cooked }, index) => {
    const behind = index < expressions.length ? patternOf(expressions[index]) : ''
    return escaped(cooked) + behind
  })
  return parts.join('')
}

function oneOf(patterns: readonly string[]): string {
  const different = [...new Set(patterns)]
  if (different.length === 0 || different.includes(ANYTHING)) return ANYTHING
  return different.length === 1 ? different.join('') : `(?:${different.join('|')})`
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function constantsAmong(nodes: readonly Node[]): { name: string; value: unknown }[] {
  return nodes
    .filter(node => node.type === 'VariableDeclaration' && node['kind'] === 'const')
    .flatMap(node => node['declarations'] as { id: unknown; init: unknown }[])
    .map(({ id, init }) => ({ name: nameOf(id), value: init }))
}

function isFunction({ type }: Node): boolean {
  return /^(FunctionDeclaration|(Arrow)?FunctionExpression|ClassMethod|PrivateMethod|Constructor)$/.test(type)
}

function innermost(functions: readonly Node[], inner: Node): Node | undefined {
  const { start, end } = inner.span ?? { start: 0, end: 0 }
  const around = functions.filter(({ span }) => span !== undefined && span.start <= start && span.end >= end)
  return around.sort((a, b) => (b.span?.start ?? 0) - (a.span?.start ?? 0))[0]
}

function nameOf(value: unknown): string {
  return isNode(value) && value.type === 'Identifier' ? String(value['value']) : ''
}

function innerNodes(node: Node): Node[] {
  const found: Node[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (isNode(value)) found.push(value)
    for (const item of Object.values(value)) visit(item)
  }
  for (const item of Object.values(node)) visit(item)
  return found
}
