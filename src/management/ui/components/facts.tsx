/** Names and values beside each other: the properties of one thing. */
import type { ReactNode } from 'react'

export type Fact = readonly [name: string, value: ReactNode]

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value === undefined || value === null || value === '' ? '–' : value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A table of arguments as it is, flat ones in a line each. */
export function ArgumentFacts({ value }: { readonly value: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(value)
  if (entries.length === 0) return <span className="quiet facts-none">none</span>
  return <Facts facts={entries.map(([name, entry]) => [name, <Value key={name} value={entry} />])} />
}

export function Value({ value }: { readonly value: unknown }) {
  if (typeof value === 'string') return value
  return <span className="mono">{JSON.stringify(value)}</span>
}
