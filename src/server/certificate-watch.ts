/**
 * Reads a certificate again when its files have changed, and only after they have been left alone for one look: a
 * renewal writes several files. Looks at times and sizes rather than being told of changes: the links by which
 * Kubernetes and certbot renew are followed, and no file system is too remote for it.
 */
import { stat } from 'node:fs/promises'
import type { Clock, Timer } from '../clock'
import { looksOf, type TlsCertificate } from './tls-certificate'

const LOOK_INTERVAL_MS = 2000

export class CertificateWatch {
  private timer: Timer | undefined
  private isOver = false
  /** What the files looked like at the last look. */
  private seen = ''

  constructor(
    private readonly certificate: TlsCertificate,
    private readonly clock: Clock,
  ) {
    this.wait()
  }

  close(): void {
    this.isOver = true
    this.timer?.cancel()
  }

  private wait(): void {
    this.timer = this.clock.after(LOOK_INTERVAL_MS, () => void this.look())
  }

  private async look(): Promise<void> {
    const { certificate } = this
    const looks = await Promise.all(certificate.paths.map(path => stat(path).then(looksOf, looksOf)))
    if (this.isOver) return
    const now = looks.join()
    if (now !== certificate.looks.join() && now === this.seen) certificate.reload()
    this.seen = now
    this.wait()
  }
}
