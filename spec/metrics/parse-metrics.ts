/** Reads Prometheus' text format, strictly: a line that does not fit is an error. */

export interface ParsedFamily {
  readonly type: string
  readonly help: string
  /** Their names, sorted. */
  readonly labels: readonly string[]
  /** By their labels, sorted by name: `a="1",b="2"`. */
  readonly samples: ReadonlyMap<string, number>
}

const SAMPLE = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (-?[0-9.e+-]+|NaN|\+Inf)$/i
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/giy

export function parseMetrics(text: string): ReadonlyMap<string, ParsedFamily> {
  const heads = new Map<string, { type?: string; help?: string }>()
  const samples = new Map<string, Map<string, number>>()
  const labels = new Map<string, Set<string>>()
  for (const line of text.split('\n')) {
    const head = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line)
    if (head !== null) {
      const [, what, name = '', rest = ''] = head
      const known = heads.get(name) ?? {}
      heads.set(name, what === 'HELP' ? { ...known, help: rest } : { ...known, type: rest })
    } else if (line !== '') addSample(line, samples, labels)
  }
  const names = new Set([...heads.keys(), ...samples.keys()])
  return new Map(
    [...names].map(name => [
      name,
      {
        type: heads.get(name)?.type ?? '',
        help: heads.get(name)?.help ?? '',
        labels: [...(labels.get(name) ?? [])].sort(),
        samples: samples.get(name) ?? new Map(),
      },
    ]),
  )
}

function addSample(
  line: string,
  samples: Map<string, Map<string, number>>,
  labels: Map<string, Set<string>>,
): void {
  const found = SAMPLE.exec(line)
  if (found === null) throw new Error(`no metric: ${line}`)
  const [, name = '', pairs = '', value = ''] = found
  const named = labels.get(name) ?? new Set()
  labels.set(name, named)
  const sorted = labelsIn(pairs).map(([label, text]) => {
    named.add(label)
    return `${label}="${text}"`
  })
  const ofName = samples.get(name) ?? new Map()
  samples.set(name, ofName)
  const key = sorted.sort().join(',')
  if (ofName.has(key)) throw new Error(`twice: ${line}`)
  ofName.set(key, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value))
}

function labelsIn(pairs: string): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = []
  LABEL.lastIndex = 0
  let end = 0
  for (let label = LABEL.exec(pairs); label !== null; label = LABEL.exec(pairs)) {
    found.push([label[1]!, label[2]!])
    end = LABEL.lastIndex
  }
  if (end !== pairs.length) throw new Error(`no labels: ${pairs}`)
  return found
}
