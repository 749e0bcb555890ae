/**
 * Why a routing key matches a topic pattern or does not, word by word: slow, and of no use for routing. It decides by itself,
 * so that it can be held against the trie.
 */
import { listed, passedOver, quoted, taken, type Verdict } from './verdict'

export function whyTopic(pattern: string, routingKeys: readonly string[]): Verdict {
  const reasons: string[] = []
  for (const key of routingKeys) {
    const words = wordsOf(key)
    if (matches(wordsOf(pattern), words)) {
      return taken(`routing key ${quoted(key)} matches ${quoted(pattern)}`)
    }
    reasons.push(`routing key ${quoted(key)} does not match ${quoted(pattern)}: ${mismatch(pattern, words)}`)
  }
  return passedOver(listed(reasons))
}

/** The empty key has no words; "." has two empty ones. */
function wordsOf(text: string): string[] {
  return text === '' ? [] : text.split('.')
}

/** Which beginnings of the key the pattern can take in, one word of the pattern after the other. */
function matches(pattern: readonly string[], words: readonly string[]): boolean {
  let reached: boolean[] = new Array(words.length + 1).fill(false)
  reached[0] = true
  for (const part of pattern) {
    const next: boolean[] = new Array(words.length + 1).fill(false)
    for (let at = 0; at <= words.length; at++) {
      if (part === '#') next[at] = reached[at] === true || (at > 0 && next[at - 1] === true)
      else next[at] = at > 0 && reached[at - 1] === true && fits(part, words[at - 1]!)
    }
    reached = next
  }
  return reached[words.length] === true
}

function fits(part: string, word: string): boolean {
  return part === '*' || part === word
}

/** The first thing that is wrong, of a key that does not match. */
function mismatch(pattern: string, words: readonly string[]): string {
  const parts = wordsOf(pattern)
  const first = parts.indexOf('#')
  const head = first < 0 ? parts : parts.slice(0, first)
  const wrong = wrongWord(head, words, 0)
  if (wrong !== undefined) return wrong
  if (first < 0) return wrongLength(parts.length, words)
  const needed = parts.filter(part => part !== '#').length
  if (words.length < needed) return `it has ${counted(words.length)}, and ${needed} at least are needed`
  const tail = parts.slice(parts.lastIndexOf('#') + 1)
  const between = parts.slice(first, parts.length - tail.length)
  return (
    wrongWord(tail, words, words.length - tail.length) ??
    `nothing in it fits ${quoted(between.join('.'))} in the middle`
  )
}

function wrongWord(parts: readonly string[], words: readonly string[], from: number): string | undefined {
  for (const [at, part] of parts.entries()) {
    const word = words[from + at]
    if (word !== undefined && !fits(part, word)) {
      return `word ${from + at + 1} is ${quoted(word)}, not ${quoted(part)}`
    }
  }
  return undefined
}

function wrongLength(wanted: number, words: readonly string[]): string {
  if (words.length === wanted - 1) return `word ${wanted} is missing`
  if (words.length < wanted) return `words ${words.length + 1} to ${wanted} are missing`
  if (words.length === wanted + 1) return `word ${words.length}, ${quoted(words[wanted]!)}, is one too many`
  return `words ${wanted + 1} to ${words.length} are too many`
}

function counted(words: number): string {
  return words === 1 ? 'one word' : `${words} words`
}
