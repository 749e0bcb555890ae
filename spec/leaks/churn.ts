/** Something that comes and goes, so many times. Afterwards the broker must be as it was. */
import type { LinkChannel } from '../crash/link'
import type { Subject } from './subject'

export interface Churn {
  readonly name: string
  /** So often it is done before anything is compared: what is remembered, within bounds, is full then. */
  readonly warmUp?: number
  /** However often others come and go. For what is forgotten all at once after so many; takes its time. */
  readonly fixedTimes?: number
  run(subject: Subject, times: number): Promise<void>
}

/** One after the other. */
export async function repeat(times: number, run: (at: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < times; at++) await run(at)
}

/** On one channel of one connection. */
export function onChannel(
  name: string,
  round: (channel: LinkChannel, name: string) => Promise<unknown> | unknown,
  warmUp?: number,
): Churn {
  return {
    name,
    ...(warmUp === undefined ? {} : { warmUp }),
    async run(subject, times) {
      const link = await subject.link()
      const channel = await link.openChannel()
      await repeat(times, async () => {
        await round(channel, nextName())
      })
      await channel.call('basic.qos')
      await link.close()
    },
  }
}

const NAMES = 10
let names = 0
let keys = 0

/** One of a few: what is remembered by name, within bounds, is not more after each round. */
export function nextName(): string {
  return `name-${++names % NAMES}`
}

/** Never the same twice. */
export function newKey(): string {
  return `key-${++keys}`
}
