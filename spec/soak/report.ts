/** What a soak prints: a line a minute, and the ledger with the vitals of every life. */
import type { SoakLedger } from './books'
import { mib } from './drain'
import { handleCount, type Vitals } from './vitals'

interface Course {
  first: Vitals
  last: Vitals
  firstAtMs: number
  lastAtMs: number
  rssBytesMax: number
  heapBytesMin: number
  heapBytesMax: number
  fdsMax: number
  databaseBytesMax: number
  walBytesMax: number
}

export class Report {
  private readonly courses = new Map<number, Course>()

  sampled(life: number, vitals: Vitals): void {
    const now = Date.now()
    const course = this.courses.get(life)
    if (course === undefined) {
      this.courses.set(life, beginning(vitals, now))
      return
    }
    course.last = vitals
    course.lastAtMs = now
    course.rssBytesMax = Math.max(course.rssBytesMax, vitals.rssBytes)
    course.heapBytesMin = Math.min(course.heapBytesMin, vitals.heapBytes)
    course.heapBytesMax = Math.max(course.heapBytesMax, vitals.heapBytes)
    course.fdsMax = Math.max(course.fdsMax, vitals.fds)
    course.databaseBytesMax = Math.max(course.databaseBytesMax, vitals.databaseBytes)
    course.walBytesMax = Math.max(course.walBytesMax, vitals.walBytes)
  }

  lineOf({ life, figures, waiting, backlogs }: SoakLedger): string {
    const { published, confirmed, delivered, acked, rejected, expired, overflowed, overDelivered } = figures
    const { lost, invented, disordered, unmarked, complaints } = figures
    const dead = `dead-lettered ${rejected + overflowed + overDelivered}, expired ${expired}`
    const wrong = `lost ${lost}, invented ${invented}, disordered ${disordered}, unmarked ${unmarked}`
    const counts = `published ${published}, confirmed ${confirmed}, delivered ${delivered}, acked ${acked}, ${dead}`
    const verdict = complaints === 0 ? 'ok' : `${complaints} COMPLAINTS`
    const course = this.courses.get(life)
    const vitals = course === undefined ? '' : `; ${describe(course.last)}, cpu ${cpuShare(course)}`
    return `life ${life}: ${counts}, waiting ${waiting.length} (${backlogs}); ${wrong}; ${verdict}${vitals}`
  }

  lastWords({ figures }: SoakLedger): string {
    const lives = [...this.courses].map(([life, course]) => {
      const heap = `heap ${mib(course.heapBytesMin)}–${mib(course.heapBytesMax)} MiB`
      const most = `rss ≤ ${mib(course.rssBytesMax)} MiB, files ≤ ${course.fdsMax}`
      const disk = `database ≤ ${mib(course.databaseBytesMax)} MiB, WAL ≤ ${mib(course.walBytesMax)} MiB`
      const seconds = Math.round((course.lastAtMs - course.firstAtMs) / 1000)
      return `  life ${life}, ${seconds} s: ${heap}, ${most}, ${disk}, cpu ${cpuShare(course)}`
    })
    const counted = Object.entries(figures).map(([name, figure]) => `  ${name.padEnd(14)} ${figure}`)
    return ['', ...lives, '', ...counted].join('\n')
  }
}

function beginning(vitals: Vitals, now: number): Course {
  return {
    first: vitals,
    last: vitals,
    firstAtMs: now,
    lastAtMs: now,
    rssBytesMax: vitals.rssBytes,
    heapBytesMin: vitals.heapBytes,
    heapBytesMax: vitals.heapBytes,
    fdsMax: vitals.fds,
    databaseBytesMax: vitals.databaseBytes,
    walBytesMax: vitals.walBytes,
  }
}

function describe(vitals: Vitals): string {
  const { heapBytes, rssBytes, databaseBytes, walBytes, fds } = vitals
  const memory = `rss ${mib(rssBytes)} MiB, heap ${mib(heapBytes)} MiB`
  const disk = `database ${mib(databaseBytes)} MiB, WAL ${mib(walBytes)} MiB`
  return `${memory}, handles ${handleCount(vitals)}, files ${fds}, ${disk}`
}

function cpuShare({ first, last, firstAtMs, lastAtMs }: Course): string {
  return `${((100 * (last.cpuMs - first.cpuMs)) / Math.max(1, lastAtMs - firstAtMs)).toFixed(0)} %`
}
