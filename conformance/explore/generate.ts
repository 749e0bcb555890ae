/** Programs from seeds. */
import { Random } from '../../spec/crash/random'
import type { Verb } from './generate/draw'
import { drawTopology, type Often } from './generate/topology'
import { policyVerbs, verbs } from './generate/verbs'
import type { Program, Step } from './step'

interface Weighed {
  readonly weight: number
  readonly draw: Verb
}

export function programFor(seed: string, length: number, often: Often = { quorum: 0, policies: 0 }): Program {
  const random = new Random(seed)
  const topology = drawTopology(random.fork('topology'), often)
  const known = topology.hasPolicies ? [...verbs, ...policyVerbs] : verbs
  const weighed = known.map(({ weight, draw }) => ({
    weight: weight * random.pick([0, 0.3, 1, 1, 1, 3]),
    draw,
  }))
  const steps: Step[] = []
  for (let id = 1; id <= length; id++) {
    const own = random.fork(id)
    const verb = topology.prelude[id - 1] ?? drawn(own, weighed)
    steps.push(verb({ random: own, id, topology }))
  }
  return { seed, steps }
}

function drawn(random: Random, verbs: readonly Weighed[]): Verb {
  const all = verbs.reduce((sum, { weight }) => sum + weight, 0)
  let left = random.next() * all
  for (const { weight, draw } of verbs) {
    left -= weight
    if (left < 0) return draw
  }
  return random.pick(verbs).draw
}
