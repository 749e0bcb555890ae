/** A property of a queue or exchange in a few letters, with the whole of it as a hint. */
import { Link } from 'react-router'
import { query } from '../api/client'
import type { Arguments } from '../api/types'

const short: Readonly<Record<string, string>> = {
  'alternate-exchange': 'AE',
  'x-dead-letter-exchange': 'DLX',
  'x-dead-letter-routing-key': 'DLK',
  'x-dead-letter-strategy': 'DLS',
  'x-delayed-type': 'delayed',
  'x-expires': 'Exp',
  'x-max-length': 'Lim',
  'x-max-length-bytes': 'Lim B',
  'x-max-priority': 'Pri',
  'x-message-ttl': 'TTL',
  'x-overflow': 'Ovfl',
  'x-single-active-consumer': 'SAC',
}

interface Props {
  readonly durable: boolean
  readonly auto_delete: boolean
  readonly exclusive?: boolean
  readonly internal?: boolean
  readonly arguments: Arguments
  readonly policy?: string | null
}

export function Features({ features }: { readonly features: Props }) {
  const rest = Object.entries(features.arguments).filter(([name]) => name !== 'x-queue-type')
  return (
    <>
      {features.durable && <Feature label="D" hint="durable" />}
      {features.auto_delete && <Feature label="AD" hint="auto-delete" />}
      {features.exclusive && <Feature label="Excl" hint="exclusive" />}
      {features.internal && <Feature label="I" hint="internal: nobody may publish to it" />}
      {rest.map(([name, value]) => (
        <Feature key={name} label={short[name] ?? 'Arg'} hint={`${name}: ${JSON.stringify(value)}`} />
      ))}
      {typeof features.policy === 'string' && features.policy !== '' && (
        <Link to={query('/policies', { name: features.policy })} className="name-link" title="Policy">
          {features.policy}
        </Link>
      )}
    </>
  )
}

export function Feature({ label, hint }: { readonly label: string; readonly hint: string }) {
  return (
    <span className="feature" role="img" title={hint} aria-label={hint}>
      {label}
    </span>
  )
}
