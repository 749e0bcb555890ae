/**
 * Reads a certificate again when its files have changed, and only after they have been left alone for one look: a
 * renewal writes several files. Looks at times and sizes rather than being told of changes: the links by which
 * Kubernetes and certbot renew are followed, and no file system is too remote for it.
 */
import { stat } from 'node:fs/promises'
import type { Clock, Timer } from '../clock'
import type { TlsCertificate } from './tls-certificate'

const LOOK_INTERVAL_MS = 2000

export class CertificateWatch {
  private timer: Timer | undefined
  private isOver = false
  /** What the files looked like when they were read, and at the last look. */
  private read: string | undefined
  private seen: string | undefined

  constructor(
    private readonly certificate: TlsCertificate,
    private readonly clock: Clock,
  ) {
    void this.look()
  }

  close(): void {
    this.isOver = true
    this.timer?.cancel()
  }

  private wait(): void {
    this.timer = this.clock.after(LOOK_INTERVAL_MS, () => void this.look())
  }

  private async look(): Promise<void> {
    const now = (await Promise.all(this.certificate.paths.map(stateOf))).join(' ')
    if (this.isOver) return
    this.read ??= now
    if (now !== this.read && now === this.seen) {
      this.read = now
      this.certificate.reload()
    }
    this.seen = now
    this.wait()
  }
}

async function stateOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path)
    return `${mtimeMs}/${size}/${ino}`
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? 'unreadable'
  }
}
