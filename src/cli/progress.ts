/** A bar on stderr while something takes long: only at a terminal, and only where the end is known. */
import type { SingleBar } from 'cli-progress'

/** Nothing is drawn for less: it is over before it is read. */
const WORTH_A_BAR = 100

export interface Progress {
  step(count?: number): void
  end(): void
}

export function progressOf(
  what: string,
  total: number | undefined,
  flags: { readonly quiet?: true },
): Progress {
  const shown = process.stderr.isTTY === true && flags.quiet !== true && total !== undefined
  if (!shown || total < WORTH_A_BAR) return { step: () => {}, end: () => {} }
  const { SingleBar, Presets } = require('cli-progress') as typeof import('cli-progress')
  const bar: SingleBar = new SingleBar(
    {
      stream: process.stderr,
      format: `${what} {bar} {value}/{total} {eta_formatted}`,
      clearOnComplete: true,
      hideCursor: false, // Ctrl-C must not leave a terminal without one
    },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  return { step: (count = 1) => bar.increment(count), end: () => bar.stop() }
}
