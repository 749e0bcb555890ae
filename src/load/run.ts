/**
 * A whole load run: declares the queues, starts the threads, watches the counters until the time is up or the messages
 * are through, and removes what it declared, however it ended.
 */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { LoadConnection } from './connection'
import * as frames from './frames'
import { HISTOGRAM_BYTES, percentiles } from './histogram'
import { type LoadPlan, type LoadResult, queueName } from './plan'
import { type ProcessCost, processCost } from './process-cost'
import { scoreboardMemory, type Totals, totals } from './scoreboard'
import { sharedNow } from './shared-clock'
import type { WorkerCommand, WorkerOrder, WorkerReport } from './worker'

const WATCH_EVERY_MS = 2
const WORKER_FAREWELL_MS = 2000

/** Ends early, with what was measured so far, when `interrupted` aborts. Throws when the run cannot begin. */
export async function runLoad(
  plan: LoadPlan,
  interrupted: AbortSignal = new AbortController().signal,
): Promise<LoadResult> {
  let result: LoadResult
  try {
    await withConnection(plan, connection => declareQueues(plan, connection))
    result = await measure(plan, interrupted)
  } catch (cause) {
    await removeQueues(plan)
    throw cause
  }
  return { ...result, errors: [...result.errors, ...(await removeQueues(plan))] }
}

async function measure(plan: LoadPlan, interrupted: AbortSignal): Promise<LoadResult> {
  const crew = new Crew(plan)
  try {
    await crew.ready
    const before = plan.pid === undefined ? undefined : processCost(plan.pid)
    const startedAt = sharedNow()
    crew.tell('go')
    while (!interrupted.aborted && !isOver(plan, crew, startedAt)) await pause(WATCH_EVERY_MS)
    const seconds = (sharedNow() - startedAt) / 1000
    const counts = totals(crew.scores)
    const cost = costSince(before, plan.pid)
    await crew.dismiss()
    return { seconds, ...counts, ...crew.latencies(), cost, errors: crew.errors }
  } finally {
    await crew.dismiss()
  }
}

function isOver(plan: LoadPlan, crew: Crew, startedAt: number): boolean {
  if (crew.errors.length > 0) return true
  if (plan.durationSeconds > 0 && sharedNow() - startedAt >= plan.durationSeconds * 1000) return true
  return plan.count > 0 && lastStage(plan, totals(crew.scores)) >= plan.count
}

/** What a message goes through last in this run. */
function lastStage(plan: LoadPlan, counts: Totals): number {
  if (plan.consumers > 0) return counts.consumed
  return plan.confirmWindow > 0 ? counts.confirmed + counts.nacked : counts.published
}

/** The worker threads of a run, and the memory they share with it. */
class Crew {
  readonly scores: SharedArrayBuffer
  readonly errors: string[] = []
  readonly ready: Promise<void>
  private readonly workers: Worker[] = []
  private readonly consumerHistograms: SharedArrayBuffer[] = []
  private readonly publisherHistograms: SharedArrayBuffer[] = []
  private dismissed: Promise<void> | undefined

  constructor(private readonly plan: LoadPlan) {
    this.scores = scoreboardMemory(plan.publishers + plan.consumers)
    const consumers = this.hire('consumer', plan.consumers, plan.publishers, this.consumerHistograms)
    const publishers = this.hire('publisher', plan.publishers, 0, this.publisherHistograms)
    this.ready = Promise.all([...consumers, ...publishers]).then(() => {})
  }

  tell(command: WorkerCommand): void {
    for (const worker of this.workers) worker.postMessage(command)
  }

  latencies(): Pick<LoadResult, 'latency' | 'confirmLatency'> {
    return {
      latency: percentiles(this.consumerHistograms),
      confirmLatency: percentiles(this.publisherHistograms),
    }
  }

  dismiss(): Promise<void> {
    this.dismissed ??= this.end()
    return this.dismissed
  }

  private async end(): Promise<void> {
    const ended = this.workers.map(worker => (worker.threadId < 0 ? undefined : once(worker, 'exit')))
    this.tell('stop')
    const timer = setTimeout(() => {
      for (const worker of this.workers) void worker.terminate()
    }, WORKER_FAREWELL_MS)
    await Promise.all(ended)
    clearTimeout(timer)
  }

  /** One thread a connection, but no more than the machine has cores to run them. */
  private hire(
    role: WorkerOrder['role'],
    connections: number,
    firstScore: number,
    histograms: SharedArrayBuffer[],
  ): Promise<void>[] {
    const threads = Math.min(connections, availableParallelism())
    return Array.from({ length: threads }, (_, thread) => {
      const indexes = Array.from({ length: connections }, (_, index) => index).filter(
        index => index % threads === thread,
      )
      const histogram = new SharedArrayBuffer(HISTOGRAM_BYTES)
      histograms.push(histogram)
      return this.start({ plan: this.plan, role, indexes, scores: this.scores, firstScore, histogram })
    })
  }

  private start(order: WorkerOrder): Promise<void> {
    const worker = new Worker(join(__dirname, 'worker.js'), { workerData: order })
    this.workers.push(worker)
    return new Promise((resolve, reject) => {
      const fail = (text: string): void => {
        this.errors.push(text)
        reject(new Error(text)) // before it was ready; later the run sees `errors`
      }
      worker.on('error', cause => fail(`${order.role}: ${cause.message}`))
      worker.on('message', (report: WorkerReport) => {
        if (report.kind === 'failed') fail(report.text)
        else resolve()
      })
    })
  }
}

async function withConnection(
  plan: LoadPlan,
  use: (connection: LoadConnection) => Promise<void>,
): Promise<void> {
  const connection = await LoadConnection.open(plan.target)
  try {
    await use(connection)
  } finally {
    connection.destroy()
  }
}

async function declareQueues(plan: LoadPlan, connection: LoadConnection): Promise<void> {
  const durable = plan.persistent || plan.queueType === 'quorum' || plan.queueType === 'stream'
  for (let index = 0; index < plan.queues; index++) {
    const queue = queueName(plan, index)
    await connection.request(
      frames.queueDeclare(queue, durable, plan.queueType),
      frames.method.queueDeclareOk,
    )
    if (plan.exchange === '') continue
    await connection.request(frames.queueBind(queue, plan.exchange, queue), frames.method.queueBindOk)
  }
}

/** Returns what went wrong: after a run that failed, this fails too, and says nothing new. */
async function removeQueues(plan: LoadPlan): Promise<string[]> {
  if (plan.keep) return []
  try {
    await withConnection(plan, connection => deleteQueues(plan, connection))
    return []
  } catch (cause) {
    return [
      `the queues ${plan.queuePrefix}-* are left behind: ${cause instanceof Error ? cause.message : cause}`,
    ]
  }
}

async function deleteQueues(plan: LoadPlan, connection: LoadConnection): Promise<void> {
  for (let index = 0; index < plan.queues; index++) {
    await connection.request(frames.queueDelete(queueName(plan, index)), frames.method.queueDeleteOk)
  }
}

function costSince(before: ProcessCost | undefined, pid: number | undefined): LoadResult['cost'] {
  const now = before === undefined || pid === undefined ? undefined : processCost(pid)
  if (before === undefined || now === undefined) return undefined
  return { cpuSeconds: now.cpuSeconds - before.cpuSeconds, rssBytes: now.rssBytes }
}

function pause(delayMs: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, delayMs))
}
