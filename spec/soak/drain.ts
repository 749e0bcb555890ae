/** The end of a soak: consumers empty every queue, everybody leaves, and the broker is as it was when it had started. */
import { messageCountOf } from '../crash/look'
import { passed, within } from '../crash/waiting'
import type { Performance } from './cast'
import { PLACES } from './places'
import type { SoakStage } from './soak-stage'
import { handleCount, type Vitals } from './vitals'

const MIB = 1024 * 1024
const PATIENCE_MS = 60_000
/** Longer than any delay, and than anybody keeps a message: when so long nothing has come, nothing more will. */
const QUIET_MS = 5000
/** Sockets of the HTTP client linger. */
const LINGERING_MS = 15_000
const HANDLES_MORE_MAX = 2
/** What code has been compiled, statistics that are kept for charts. */
const HEAP_MORE_MAX = 24 * MIB

export async function drain(
  stage: SoakStage,
  performance: Performance,
  vitals: () => Promise<Vitals | undefined>,
  beginning: Vitals,
  print: (line: string) => void,
): Promise<void> {
  const { ledger } = stage
  stage.isDraining = true
  await within('the end of publishing', performance.sources)
  await emptied(stage)
  ledger.close()
  stage.end()
  await passed(1000) // what was acknowledged last is on its way
  stage.close()
  stage.agent.destroy()
  await within('the end of reading', performance.everybody)
  const deadline = Date.now() + LINGERING_MS
  let end = await vitals()
  while (end !== undefined && handleCount(end) > handleCount(beginning) && Date.now() < deadline) {
    await passed(500)
    end = await vitals()
  }
  if (end === undefined) return
  compare(beginning, end, what => ledger.complain(what), print)
}

/** Returns when all queues are empty, or nothing has moved for long. */
async function emptied(stage: SoakStage): Promise<void> {
  const link = await stage.open()
  const { figures } = stage.ledger
  let { acked } = figures
  let movedAt = Date.now()
  while (!stage.isOver && Date.now() - movedAt < PATIENCE_MS) {
    let left = 0
    for (const { queue } of PLACES) left += (await messageCountOf(link, queue)) ?? 0
    if (left === 0 && stage.ledger.waiting.length === 0) break
    if (left === 0 && Date.now() - movedAt > QUIET_MS) break
    if (figures.acked > acked) movedAt = Date.now()
    acked = figures.acked
    await passed(500)
  }
  for (const { queue } of PLACES) {
    const left = await messageCountOf(link, queue)
    if (left !== 0) stage.ledger.complain(`${queue} still has ${left} messages`)
  }
  await link.close()
}

function compare(
  before: Vitals,
  after: Vitals,
  complain: (what: string) => void,
  print: (line: string) => void,
): void {
  const heap = `heap ${mib(before.heapBytes)} → ${mib(after.heapBytes)} MiB`
  const handles = `handles ${handleCount(before)} → ${handleCount(after)}, files ${before.fds} → ${after.fds}`
  const database = `database ${mib(before.databaseBytes)} → ${mib(after.databaseBytes)} MiB`
  print(`the last life, from its start until everybody had left: ${heap}, ${handles}, ${database}`)
  if (handleCount(after) > handleCount(before) + HANDLES_MORE_MAX)
    complain(`handles are left: ${JSON.stringify(after.handles)}`)
  if (after.fds > before.fds + HANDLES_MORE_MAX) complain(`${after.fds - before.fds} files are left open`)
  if (after.heapBytes > before.heapBytes + HEAP_MORE_MAX) complain(`the heap has grown: ${heap}`)
}

export function mib(bytes: number): string {
  return (bytes / MIB).toFixed(1)
}
