/**
 * `npm run leaks -- [--times N] [--only TEXT]`: everything comes and goes, kind by kind, and of what there is more after
 * each. Where there is, or with `--apart`, one after the other.
 */
import { parseArgs } from 'node:util'
import type { Churn } from './churn'
import { churns } from './churns'
import { type Measured, measure } from './measure'
import { measureStarts } from './starts'
import { Subject } from './subject'

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      times: { type: 'string', default: '500' },
      only: { type: 'string', default: '' },
      apart: { type: 'boolean', default: false },
    },
  })
  const times = Number(values.times)
  const subject = new Subject()
  await subject.start()
  let leaks = 0
  for (const [kind, all] of Object.entries(churns)) {
    const chosen = all.filter(({ name }) => `${kind}: ${name}`.includes(values.only))
    if (chosen.length === 0) continue
    const grows = !values.apart && (await report(subject, kind, chosen, times))
    if (grows) leaks++
    else if (!values.apart) continue
    for (const churn of chosen) if (await report(subject, `${kind}: ${churn.name}`, [churn], times)) leaks++
  }
  await subject.stop()
  for (const kind of ['testing', 'durable'] as const) {
    const name = `starts: ${kind}`
    if (!name.includes(values.only)) continue
    const { handles, ...measured } = await measureStarts(kind, Math.ceil(times / 5))
    if (tell(name, measured, `handles ${JSON.stringify(handles)}`)) leaks++
  }
  for (const complaint of subject.complaints) console.log(complaint)
  process.exitCode = leaks + subject.complaints.length > 0 ? 1 : 0
}

/** Returns whether something grows. */
async function report(
  subject: Subject,
  name: string,
  some: readonly Churn[],
  times: number,
): Promise<boolean> {
  const measured = await measure(subject, some, times)
  const { rssBytes, databaseBytes, walBytes, fds } = await subject.vitals()
  const disk = `database ${Math.round(databaseBytes / 1024)} KiB, WAL ${Math.round(walBytes / 1024)} KiB`
  return tell(name, measured, `rss ${Math.round(rssBytes / 1024 / 1024)} MiB, ${fds} files, ${disk}`)
}

function tell(name: string, { grown, holders, bytesPerRound }: Measured, rest: string): boolean {
  const isGrowing = grown.length > 0
  console.log(`${name}: ${bytesPerRound} bytes a round${isGrowing ? ', GROWS' : ''}; ${rest}`)
  for (const each of grown) console.log(`    ${each}`)
  if (isGrowing) console.log(`    held by ${holders}`)
  return isGrowing
}
