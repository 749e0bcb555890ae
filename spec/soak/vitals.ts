/** How a broker is: its memory, handles and files, seen from outside where that is possible. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BrokerProcess } from '../crash/broker-process'

export interface Vitals {
  readonly heapBytes: number
  readonly externalBytes: number
  readonly rssBytes: number
  readonly cpuMs: number
  readonly handles: Readonly<Record<string, number>>
  /** NaN where the system does not tell. */
  readonly fds: number
  readonly databaseBytes: number
  readonly walBytes: number
}

/** Undefined: the broker has ended. */
export async function vitalsOf(broker: BrokerProcess, dataDir: string): Promise<Vitals | undefined> {
  const answer = await broker.ask('vitals')
  if (!isAnswer(answer)) return undefined
  const { heapUsed, external, rss, cpuMs, handles } = answer
  return {
    heapBytes: heapUsed,
    externalBytes: external,
    rssBytes: rss,
    cpuMs,
    handles,
    fds: countOfFds(broker.pid),
    databaseBytes: sizeOf(join(dataDir, 'leveret.db')),
    walBytes: sizeOf(join(dataDir, 'leveret.db-wal')),
  }
}

export function handleCount({ handles }: Vitals): number {
  return Object.values(handles).reduce((sum, count) => sum + count, 0)
}

interface Answer {
  readonly heapUsed: number
  readonly external: number
  readonly rss: number
  readonly cpuMs: number
  readonly handles: Record<string, number>
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'heapUsed' in value
}

function countOfFds(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return Number.NaN
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
