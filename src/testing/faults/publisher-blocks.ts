/** Publishers that must wait, of whatever broker is there: an alarm goes on after a restart. */
import type { Alarms, RaisedAlarm } from '../../broker/resources/alarms'
import { Fault } from './fault'

interface Block {
  readonly reason: string
  alarm: RaisedAlarm | undefined
}

export class PublisherBlocks {
  private readonly blocks = new Set<Block>()
  private alarms: Alarms | undefined

  add(reason: string): Fault<unknown> {
    const block: Block = { reason, alarm: this.alarms?.raise(reason) }
    this.blocks.add(block)
    return new Fault<unknown>({}, () => {
      this.blocks.delete(block)
      block.alarm?.clear()
    })
  }

  attach(alarms: Alarms): void {
    this.alarms = alarms
    for (const block of this.blocks) block.alarm = alarms.raise(block.reason)
  }
}
