/**
 * The topic matcher: bindings in a trie by the words of their patterns. `*` stands for exactly one word (an empty one
 * too), `#` for any number of words, none included. Words are what dots separate: "." has two empty ones, but the empty
 * key has none. Knows no messages.
 *
 *     a.*.c, a.#, a.#.z      root ── a ─┬─ * ── c
 *                                       └─ #  ── z        the bindings of `a.#` are at #, those of `a.#.z` at z
 *
 * Matching reads the key once, word by word, and keeps the set of all nodes that the words so far can lead to. A node is
 * in that set once, however many ways lead there, so a match costs at most words × nodes that could still match: no
 * pattern makes it exponential, as trying every length of every `#` by recursion would be.
 * Invariant: every node but the root leads to a binding.
 */
import type { Binding } from './binding'
import type { Destination } from './destination'

/** Most nodes have one child or one binding, millions may exist: what is empty is undefined. */
class TopicNode {
  readonly isHash: boolean
  words: Map<string, TopicNode> | undefined = undefined
  star: TopicNode | undefined = undefined
  hash: TopicNode | undefined = undefined
  bindings: Set<Binding> | undefined = undefined
  /** The last step of any match that reached this node. */
  reachedAt = 0

  constructor(isHash: boolean) {
    this.isHash = isHash
  }

  get leadsNowhere(): boolean {
    return (
      this.bindings === undefined &&
      this.words === undefined &&
      this.star === undefined &&
      this.hash === undefined
    )
  }

  child(word: string): TopicNode | undefined {
    if (word === '*') return this.star
    if (word === '#') return this.hash
    return this.words?.get(word)
  }

  addChild(word: string): TopicNode {
    const node = new TopicNode(word === '#')
    if (word === '*') this.star = node
    else if (word === '#') this.hash = node
    else if (this.words === undefined) this.words = new Map([[word, node]])
    else this.words.set(word, node)
    return node
  }

  removeChild(word: string): void {
    if (word === '*') this.star = undefined
    else if (word === '#') this.hash = undefined
    else if (this.words?.delete(word) && this.words.size === 0) this.words = undefined
  }
}

export class TopicTrie {
  /** How many nodes all matches together stood on: what matching costs, whatever the machine. */
  visits = 0
  private readonly root = new TopicNode(false)
  /** Grows with every word ever matched: says when a node was reached without marks to clear. */
  private step = 0
  /** Nodes that the words read so far lead to. */
  private reached: TopicNode[] = []
  /** Scratch: `reached` before the word now read. Empty between words. */
  private left: TopicNode[] = []

  get isEmpty(): boolean {
    return this.root.leadsNowhere
  }

  insert(binding: Binding): void {
    let node = this.root
    for (const word of wordsOf(binding.routingKey)) node = node.child(word) ?? node.addChild(word)
    if (node.bindings === undefined) node.bindings = new Set([binding])
    else node.bindings.add(binding)
  }

  /** Takes out a binding that was inserted (that very object), and every node that leads nowhere then. */
  remove(binding: Binding): void {
    const words = wordsOf(binding.routingKey)
    const path = [this.root]
    for (const [depth, word] of words.entries()) {
      const child = path[depth]?.child(word)
      if (child === undefined) return
      path.push(child)
    }
    const last = path[words.length]
    if (last?.bindings?.delete(binding) && last.bindings.size === 0) last.bindings = undefined
    for (let depth = words.length; depth > 0 && path[depth]?.leadsNowhere; depth--) {
      path[depth - 1]?.removeChild(words[depth - 1] as string) // one word between any two nodes of the path
    }
  }

  match(routingKey: string, into: Set<Destination>): void {
    this.step++
    this.reach(this.root)
    let start = 0
    let more = routingKey.length > 0
    while (more && this.reached.length > 0) {
      const dot = routingKey.indexOf('.', start)
      more = dot >= 0
      const end = more ? dot : routingKey.length
      this.readWord(routingKey, start, end)
      start = end + 1
    }
    for (let i = 0; i < this.reached.length; i++) {
      const bindings = (this.reached[i] as TopicNode).bindings
      if (bindings !== undefined) for (const binding of bindings) into.add(binding.destination)
    }
    this.visits += this.reached.length
    this.reached.length = 0
  }

  /** From the nodes reached before this word to those reached after it. */
  private readWord(routingKey: string, start: number, end: number): void {
    const left = this.reached
    this.reached = this.left
    this.left = left
    this.step++
    let word: string | undefined // cut out only if some node asks for it
    for (let i = 0; i < left.length; i++) {
      const node = left[i] as TopicNode
      if (node.isHash) this.reach(node) // # takes in one more word
      if (node.star !== undefined) this.reach(node.star)
      if (node.words === undefined) continue
      word ??= routingKey.slice(start, end)
      const child = node.words.get(word)
      if (child !== undefined) this.reach(child)
    }
    this.visits += left.length
    left.length = 0
  }

  /** Whoever reaches a node reaches the # below it as well, for that may stand for no word. */
  private reach(node: TopicNode): void {
    for (let next: TopicNode | undefined = node; next !== undefined; next = next.hash) {
      if (next.reachedAt === this.step) return
      next.reachedAt = this.step
      this.reached.push(next)
    }
  }
}

function wordsOf(pattern: string): string[] {
  return pattern === '' ? [] : pattern.split('.')
}
