/** Policies and operator policies, of queues and of exchanges. */
import type { Step } from '../step'
import { type Draw, fieldValue, someOf } from './draw'

export function policySet(draw: Draw): Step {
  const { random, topology } = draw
  const isOperator = random.chance(0.3)
  const names = [...topology.queueNames, ...topology.exchangeNames]
  const limits = {
    'max-length': [0, 1, 2, 3],
    'max-length-bytes': [3, 10],
    'message-ttl': [0, 100_000_000],
    expires: [100_000_000],
  }
  const free = {
    ...limits,
    overflow: ['drop-head', 'reject-publish', 'reject-publish-dlx'],
    'dead-letter-exchange': ['', ...topology.exchangeNames],
    'dead-letter-routing-key': ['a', ...topology.queueNames],
    'alternate-exchange': topology.exchangeNames,
  }
  const definition = someOf(random, isOperator ? limits : free, 0.25, 0)
  const odd = random.pick(Object.keys(isOperator ? limits : free))
  const name = random.between(0, 2)
  return {
    ...place(draw),
    method: 'policy.set',
    fields: {
      kind: isOperator ? 'operator-policies' : 'policies',
      name: `p${name}`,
      policy: {
        pattern: random.pick(['.*', '^q', '^e', '^amq', 'nobody', ...names]),
        'apply-to': random.pick(isOperator ? ['queues'] : ['all', 'queues', 'exchanges']),
        // never the same twice: which of two counts then is nobody's business
        priority: random.pick([0, 3, 6]) + name,
        definition: random.chance(0.05) ? { ...definition, [odd]: plain(fieldValue(random)) } : definition,
      },
    },
  }
}

export function policyClear(draw: Draw): Step {
  const kind = draw.random.chance(0.3) ? 'operator-policies' : 'policies'
  return {
    ...place(draw),
    method: 'policy.clear',
    fields: { kind, name: draw.random.pick(['p0', 'p1', 'p2']) },
  }
}

function place({ id }: Draw): Pick<Step, 'id' | 'connection' | 'channel'> {
  return { id, connection: 0, channel: 0 }
}

/** JSON has fewer types; and no times of a few milliseconds. */
function plain(value: unknown): unknown {
  if (typeof value === 'number' && value > 0) return 100_000_000
  return typeof value === 'object' ? [] : value
}
