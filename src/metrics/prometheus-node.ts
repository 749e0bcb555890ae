/** What there is to know of this process and not of RabbitMQ's: Node's heap, its event loop, its garbage. */
import { type Family, numberFamily } from './prometheus-family'

export const nodeFamilies: readonly Family[] = [
  numberFamily(
    'process_start_time_seconds',
    'gauge',
    'Start time of the process since unix epoch in seconds.',
    ({ node }) => node.started / 1000,
  ),
  numberFamily(
    'leveret_cpu_seconds_total',
    'counter',
    'Time of all processors that the process has used',
    ({ node }) => node.cpuSeconds,
  ),
  numberFamily(
    'leveret_heap_used_bytes',
    'gauge',
    'Memory of JavaScript objects',
    ({ node }) => node.heapUsed,
  ),
  numberFamily(
    'leveret_external_memory_bytes',
    'gauge',
    'Memory of buffers, in which messages are',
    ({ node }) => node.externalMemory,
  ),
  numberFamily(
    'leveret_event_loop_active_seconds_total',
    'counter',
    'Time that the event loop was busy',
    ({ node }) => node.loopActiveSeconds,
  ),
  numberFamily(
    'leveret_gc_runs_total',
    'counter',
    'Total number of garbage collections',
    ({ node }) => node.gc_num,
  ),
  numberFamily(
    'leveret_gc_seconds_total',
    'counter',
    'Time that garbage collections took',
    ({ node }) => node.gcSeconds,
  ),
]
