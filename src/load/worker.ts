/**
 * A thread of a load run: some publishers or some consumers, each with a connection of its own. Node runs one thread's
 * JavaScript at a time, so a generator on one thread would be slower than the broker it is to measure. Started by
 * `run.ts` with the path of this file; tells when it is ready, starts on `go`, ends on `stop`.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { ConfirmWindow } from './confirm-window'
import { LoadConnection } from './connection'
import { Consumer } from './consumer'
import * as frames from './frames'
import { Histogram } from './histogram'
import { type LoadPlan, queueName, shareOf } from './plan'
import { Publisher } from './publisher'
import { Score } from './scoreboard'

export interface WorkerOrder {
  readonly plan: LoadPlan
  readonly role: 'publisher' | 'consumer'
  /** Which of the plan's publishers or consumers are this thread's. */
  readonly indexes: readonly number[]
  readonly scores: SharedArrayBuffer
  /** Line of the first of `plan.publishers` or `plan.consumers` on the scoreboard. */
  readonly firstScore: number
  readonly histogram: SharedArrayBuffer
}

export type WorkerReport = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly text: string }
export type WorkerCommand = 'go' | 'stop'

async function work(order: WorkerOrder): Promise<void> {
  const connections: LoadConnection[] = []
  const publishers: Publisher[] = []
  parentPort?.on('message', (command: WorkerCommand) => {
    if (command === 'go') {
      for (const publisher of publishers) publisher.start()
      return
    }
    for (const publisher of publishers) publisher.stop()
    for (const connection of connections) connection.destroy()
    parentPort?.close()
  })
  const histogram = new Histogram(order.histogram)
  for (const index of order.indexes) {
    const connection = await LoadConnection.open(order.plan.target)
    connections.push(connection)
    connection.onFailed = cause =>
      report({ kind: 'failed', text: `${order.role} ${index}: ${cause.message}` })
    const score = new Score(order.scores, order.firstScore + index)
    if (order.role === 'consumer') await consume(order.plan, index, connection, score, histogram)
    else publishers.push(await preparePublisher(order.plan, index, connection, score, histogram))
  }
  report({ kind: 'ready' })
}

async function consume(
  plan: LoadPlan,
  index: number,
  connection: LoadConnection,
  score: Score,
  latency: Histogram,
): Promise<void> {
  if (plan.prefetch > 0) await connection.request(frames.basicQos(plan.prefetch), frames.method.basicQosOk)
  const consumer = new Consumer(connection, plan.ackEvery, score, latency)
  const consume = frames.basicConsume(queueName(plan, index), plan.ackEvery === 0)
  await connection.request(consume, frames.method.basicConsumeOk, consumer)
}

async function preparePublisher(
  plan: LoadPlan,
  index: number,
  connection: LoadConnection,
  score: Score,
  latency: Histogram,
): Promise<Publisher> {
  const { exchange, size, persistent, confirmWindow: window, publishers } = plan
  const image = frames.publishImage(exchange, queueName(plan, index), size, persistent, connection.frameMax)
  const rate = plan.rate / publishers
  const count = shareOf(plan.count, index, publishers)
  const confirms = window === 0 ? undefined : new ConfirmWindow(window, latency)
  const publisher = new Publisher(connection, { image, size, window, rate, count }, confirms, score)
  if (confirms === undefined) connection.receiveWith(publisher)
  else await connection.request(frames.confirmSelect(), frames.method.confirmSelectOk, publisher)
  return publisher
}

function report(report: WorkerReport): void {
  parentPort?.postMessage(report)
}

const order = workerData as WorkerOrder
work(order).catch((cause: Error) => report({ kind: 'failed', text: `${order.role}: ${cause.message}` }))
