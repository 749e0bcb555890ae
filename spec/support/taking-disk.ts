/** Takes the memory of what is spilled, as a thread does: whoever still looks at it will find nothing. */
import type { SpilledPart } from '../../src/store/message-store'
import { InlineDisk } from './inline-disk'

export class TakingDisk extends InlineDisk {
  loads = 0
  unspills = 0
  private looks = 0

  /** Whatever was asked of it. */
  get reads(): number {
    return this.loads + this.unspills + this.looks
  }

  override load(...args: Parameters<InlineDisk['load']>): void {
    this.loads++
    super.load(...args)
  }

  override spill(queueId: number, first: number, part: SpilledPart, written: () => void): void {
    const transfer = [part.entries.buffer as ArrayBuffer, part.records.buffer as ArrayBuffer]
    super.spill(queueId, first, structuredClone(part, { transfer }), written)
  }

  override unspill(...args: Parameters<InlineDisk['unspill']>): void {
    this.unspills++
    super.unspill(...args)
  }

  override readSpilled(...args: Parameters<InlineDisk['readSpilled']>): void {
    this.looks++
    super.readSpilled(...args)
  }
}
