/**
 * Feeds a target: new inputs from its grammar, damaged ones, and damaged ones of those that reached code which nothing had
 * reached before. Everything follows from the seed. What is found is made small before it is told.
 */
import { Random } from '../crash/random'
import type { Coverage } from './coverage'
import { Mutator } from './mutate'
import { shrunk } from './shrink'
import { type Input, shown, type Target, type World } from './target'

const CORPUS_MAX = 2000
const SHRINK_TRIES = 400

export interface Found {
  readonly target: string
  readonly seed: string
  /** Counted from 0. */
  readonly number: number
  readonly error: unknown
  /** One after the other, in a world that is new. */
  readonly story: readonly Input[]
}

export interface CampaignOptions {
  readonly seed: string
  readonly coverage?: Coverage
  /** Called with how many inputs there were. False: enough. */
  goesOn(done: number): boolean
  /** Called before each input, also of those by which what was found is made small. */
  feeding?(input: Input): void
}

export class Campaign {
  done = 0
  private readonly random: Random
  private readonly mutator: Mutator
  private readonly corpus: Input[] = []
  private world: World | undefined
  private story: Input[] = []

  constructor(
    private readonly target: Target,
    private readonly options: CampaignOptions,
  ) {
    this.random = new Random(`${target.name}/${options.seed}`)
    this.mutator = new Mutator(this.random, target.dictionary)
  }

  get kept(): number {
    return this.corpus.length
  }

  /** Undefined: it stood, whatever came. */
  async run(): Promise<Found | undefined> {
    try {
      for (;;) {
        const input = this.next()
        if (!this.options.goesOn(this.done)) return undefined
        const error = await this.feed(input)
        if (error !== undefined) return await this.found(error.thrown)
        if (this.options.coverage?.hasGrown() && this.corpus.length < CORPUS_MAX) this.corpus.push(input)
        this.done++
      }
    } finally {
      await this.leave()
    }
  }

  private next(): Input {
    const { random, corpus, target } = this
    const made = target.generate(random)
    if (corpus.length > 0 && random.chance(0.5)) return this.mutator.mutated(random.pick(corpus), made)
    return random.chance(0.3) ? made : this.mutator.mutated(made, target.generate(random))
  }

  private async feed(input: Input): Promise<{ thrown: unknown } | undefined> {
    if (this.world === undefined || this.story.length >= this.target.inputsPerWorld) {
      await this.leave()
      this.world = await this.target.open()
    }
    this.story.push(input)
    this.options.feeding?.(input)
    return await fed(this.world, input)
  }

  private async leave(): Promise<void> {
    const { world } = this
    this.world = undefined
    this.story = []
    await world?.close()
  }

  private async found(error: unknown): Promise<Found> {
    const { story, target, options, done } = this
    await this.leave().catch(() => {})
    const worlds = new Worlds(target)
    const fails = (inputs: readonly Input[]): Promise<boolean> => failsWith(worlds, inputs, options)
    const last = story.slice(-1)
    const start = target.forgets === true || (await fails(last)) ? last : story
    const small = await shrunk(start, fails, target.triesToShrink ?? SHRINK_TRIES)
    await worlds.close()
    return { target: target.name, seed: options.seed, number: done, error, story: small }
  }
}

export async function fed(world: World, input: Input): Promise<{ thrown: unknown } | undefined> {
  try {
    await world.feed(input)
    return undefined
  } catch (thrown) {
    return { thrown }
  }
}

async function failsWith(
  worlds: Worlds,
  story: readonly Input[],
  options: CampaignOptions,
): Promise<boolean> {
  const world = await worlds.next()
  for (const input of story) {
    options.feeding?.(input)
    if ((await fed(world, input)) !== undefined) return true
  }
  return false
}

/** One after the other, each new, unless the target forgets. */
class Worlds {
  private world: World | undefined

  constructor(private readonly target: Target) {}

  async next(): Promise<World> {
    if (this.world !== undefined && this.target.forgets === true) return this.world
    await this.close()
    this.world = await this.target.open()
    return this.world
  }

  /** One that fell may not even close. */
  async close(): Promise<void> {
    const { world } = this
    this.world = undefined
    await Promise.resolve(world?.close()).catch(() => {})
  }
}

/** For people: what was found, and how to see it again. */
export function told({ target, seed, number, error, story }: Found): string {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return [
    `${target}: input ${number} of seed ${seed}`,
    what,
    ...story.map(input => `  ${shown(input)}`),
  ].join('\n')
}
