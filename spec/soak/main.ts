/** `npm run soak -- --minutes N [--seed S] [--rate R]`: a line a minute, one for each start, and the ledger at the end. */
import { parseArgs } from 'node:util'
import { Report } from './report'
import { Soak } from './soak'

const REPORT_MS = 60_000

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      rate: { type: 'string', default: '100' },
    },
  })
  const minutes = Number(values.minutes)
  const rate = Number(values.rate)
  if (!(minutes > 0) || !(rate > 0)) throw new Error('--minutes and --rate are numbers above 0')
  const print = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`)
  const report = new Report()
  const soak = new Soak({
    seed: values.seed,
    minutes,
    rate,
    print,
    sampled: (life, vitals) => report.sampled(life, vitals),
  })
  print(`seed ${values.seed}, ${minutes} minutes, ${rate} messages a second`)
  const reporting = setInterval(() => print(report.lineOf(soak.ledger)), REPORT_MS)
  const isFine = await soak.run()
  clearInterval(reporting)
  console.log(report.lastWords(soak.ledger))
  if (!isFine) console.log(`FAILED; again with: npm run soak -- --minutes ${minutes} --seed ${values.seed}`)
  process.exitCode = isFine ? 0 : 1
}
