/**
 * What is in a heap snapshot, counted by the names of what made it, and what holds one of them. A count tells a leak long
 * before the bytes do: garbage is not in a snapshot, and after churn there are as many of each as there were before.
 */
import { readFileSync, rmSync } from 'node:fs'

interface SnapshotFile {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[]
      readonly node_types: readonly [readonly string[]]
      readonly edge_fields: readonly string[]
      readonly edge_types: readonly [readonly string[]]
    }
  }
  readonly nodes: readonly number[]
  readonly edges: readonly number[]
  readonly strings: readonly string[]
}

export interface Kind {
  readonly count: number
  readonly bytes: number
}

const NONE: Kind = { count: 0, bytes: 0 }

/** Code is compiled, optimized and thrown away whenever V8 likes. */
const OF_THE_ENGINE = /^(code|hidden|object shape|concatenated string|sliced string|number)/
/** What has no name of its own, or any. */
const NAMELESS = new Set(['string', 'array', 'regexp', 'bigint', 'symbol'])

export class Heap {
  /** Of all that is counted. */
  readonly bytes: number
  private readonly kinds = new Map<string, Kind>()
  private readonly width: number
  private readonly edgeWidth: number

  private constructor(private readonly file: SnapshotFile) {
    const { meta } = file.snapshot
    this.width = meta.node_fields.length
    this.edgeWidth = meta.edge_fields.length
    let bytes = 0
    for (const [at, counted] of this.counted()) {
      const kind = this.kindAt(at)
      if (kind === undefined) continue
      const before = this.of(kind)
      this.kinds.set(kind, { count: before.count + counted.count, bytes: before.bytes + counted.bytes })
      bytes += counted.bytes
    }
    this.bytes = bytes
  }

  /** Reads a snapshot and deletes it. */
  static take(file: string): Heap {
    const heap = new Heap(JSON.parse(readFileSync(file, 'utf8')))
    rmSync(file)
    return heap
  }

  /** `object Channel`, `closure onData`, `string`. */
  get names(): Iterable<string> {
    return this.kinds.keys()
  }

  of(kind: string): Kind {
    return this.kinds.get(kind) ?? NONE
  }

  /** How the newest of a kind is reached from the roots, by the shortest way: `.live Set ► .[3] Connection ► …`. */
  holdersOf(kind: string): string {
    const { edges, nodes } = this.file
    const cameBy = this.ways()
    let found = 0
    let newest = -1
    for (let at = this.width; at < nodes.length; at += this.width) {
      const id = nodes[at + 2]! // they grow with time
      if (id > newest && cameBy[at / this.width]! >= 0 && this.kindAt(at) === kind) [found, newest] = [at, id]
    }
    const from = this.owners()
    const steps: string[] = []
    while (found > 0) {
      const edge = cameBy[found / this.width]!
      steps.unshift(`.${this.edgeName(edge)} ${this.nameAt(edges[edge + 2]!).slice(0, 60)}`)
      found = from(edge)
    }
    return steps.join(' ► ')
  }

  /** By type and name as they are in the file, each with the place of one of its kind. */
  private counted(): Iterable<[at: number, { count: number; bytes: number }]> {
    const { nodes, snapshot, strings } = this.file
    const sizeAt = snapshot.meta.node_fields.indexOf('self_size')
    const found = new Map<number, [number, { count: number; bytes: number }]>()
    for (let at = 0; at < nodes.length; at += this.width) {
      const key = nodes[at]! * strings.length + nodes[at + 1]!
      const known = found.get(key)?.[1]
      if (known === undefined) found.set(key, [at, { count: 1, bytes: nodes[at + sizeAt]! }])
      else {
        known.count++
        known.bytes += nodes[at + sizeAt]!
      }
    }
    return found.values()
  }

  /** By which edge each node is reached first from the root, breadth first and without weak ones; -1: it is not. */
  private ways(): Int32Array {
    const { edges, nodes, snapshot } = this.file
    const weak = snapshot.meta.edge_types[0].indexOf('weak')
    const first = this.firstEdges()
    const cameBy = new Int32Array(nodes.length / this.width).fill(-1)
    const order = [0]
    for (const from of order) {
      const index = from / this.width
      for (let edge = first[index]!; edge < first[index + 1]!; edge += this.edgeWidth) {
        const to = edges[edge + 2]!
        if (to === 0 || edges[edge] === weak || cameBy[to / this.width]! >= 0) continue
        cameBy[to / this.width] = edge
        order.push(to)
      }
    }
    return cameBy
  }

  /** Where the edges of each node begin. */
  private firstEdges(): Int32Array {
    const { nodes, snapshot } = this.file
    const countAt = snapshot.meta.node_fields.indexOf('edge_count')
    const first = new Int32Array(nodes.length / this.width + 1)
    for (let index = 0; index + 1 < first.length; index++)
      first[index + 1] = first[index]! + nodes[index * this.width + countAt]! * this.edgeWidth
    return first
  }

  /** Tells to which node an edge belongs. */
  private owners(): (edge: number) => number {
    const first = this.firstEdges()
    return edge => {
      let low = 0
      let high = first.length - 2
      while (low < high) {
        const middle = (low + high + 1) >>> 1
        if (first[middle]! <= edge) low = middle
        else high = middle - 1
      }
      return low * this.width
    }
  }

  private edgeName(edge: number): string {
    const { edges, snapshot, strings } = this.file
    const type = snapshot.meta.edge_types[0][edges[edge]!]!
    const name = edges[edge + 1]!
    return type === 'element' || type === 'hidden' ? `[${name}]` : strings[name]!
  }

  private nameAt(at: number): string {
    return this.file.strings[this.file.nodes[at + 1]!]!
  }

  /** Undefined: it says nothing. */
  private kindAt(at: number): string | undefined {
    const type = this.file.snapshot.meta.node_types[0][this.file.nodes[at]!]!
    if (OF_THE_ENGINE.test(type)) return undefined
    if (NAMELESS.has(type)) return type
    const name = this.nameAt(at)
    return name.startsWith('system /') || name.startsWith('(') ? undefined : `${type} ${name}`
  }
}

/** Of what there are more, each time, than there were: in both steps at least so many more. */
export function growthOf(before: Heap, between: Heap, after: Heap, least: number): string[] {
  const grown: string[] = []
  for (const name of after.names) {
    const [first, second, third] = [before.of(name), between.of(name), after.of(name)]
    if (second.count - first.count < least || third.count - second.count < least) continue
    grown.push(`${name}: ${first.count}, then ${second.count}, then ${third.count}`)
  }
  return grown
}
