/** Programs from seeds. */
import { Random } from '../../spec/crash/random'
import { drawTopology } from './generate/topology'
import { verbs } from './generate/verbs'
import type { Program, Step } from './step'

/** `quorumOften`: so many of the programs are about quorum queues, from 0 to 1. They take long. */
export function programFor(seed: string, length: number, quorumOften = 0): Program {
  const random = new Random(seed)
  const topology = drawTopology(random.fork('topology'), quorumOften)
  const weights = verbs.map(({ weight }) => weight * random.pick([0, 0.3, 1, 1, 1, 3]))
  const steps: Step[] = []
  for (let id = 1; id <= length; id++) {
    const own = random.fork(id)
    const verb = id <= topology.prelude.length ? topology.prelude[id - 1] : undefined
    const step = (verb ?? drawn(own, weights))({ random: own, id, topology })
    steps.push(step)
  }
  return { seed, steps }
}

function drawn(random: Random, weights: readonly number[]): (typeof verbs)[number]['draw'] {
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  let left = random.next() * all
  for (const [index, verb] of verbs.entries()) {
    left -= weights[index] ?? 0
    if (left < 0) return verb.draw
  }
  return (verbs[0] as (typeof verbs)[number]).draw
}
