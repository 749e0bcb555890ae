/**
 * What is compared: each case is a row of the tables, and the flags of `leveret bench` that make it. Where messages are
 * to be kept, only brokers that keep them can be compared.
 */

const manual = ['--size', '16', '--ack-every', '1', '--prefetch', '500']
const persistent = ['--size', '1024', '--persistent', '--ack-every', '50']

export const cases = [
  { title: '16 B, transient, auto-ack', flags: ['--size', '16'] },
  { title: '1 KiB, transient, auto-ack', flags: ['--size', '1024'] },
  { title: '16 B, ack every 1, prefetch 500, at 150 k/s', flags: [...manual, '--rate', '150000'] },
  { title: '16 B, ack every 1, prefetch 500, at 400 k/s', flags: [...manual, '--rate', '400000'] },
  { title: '16 B, ack every 1, prefetch 500, running free', flags: manual },
  {
    title: '1 KiB, persistent, confirm window 1000, ack every 50',
    isKept: true,
    flags: [...persistent, '--confirms', '1000'],
  },
  {
    title: '1 KiB, persistent, confirm window 100, ack every 50',
    isKept: true,
    flags: [...persistent, '--confirms', '100'],
  },
  {
    title: '1 KiB, persistent, confirm window 1, ack every 50',
    isKept: true,
    flags: [...persistent, '--confirms', '1'],
  },
]

/** What else a run tells, each in a table of its own. Microseconds; undefined where there is nothing to tell. */
export const measures = [
  { title: 'Latency from publish to delivery, p99', of: run => run.lat_p99_us || undefined },
  { title: 'Latency from publish to confirm, p99', of: run => run.confirm_p99_us || undefined },
  { title: 'CPU of the broker per message', of: run => run.cpu_us_per_msg || undefined },
]
