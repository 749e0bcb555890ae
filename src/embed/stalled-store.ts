/** The alarm of a disk that takes nothing: publishers wait until it does again. */
import type { Broker } from '../broker/broker'
import type { RaisedAlarm } from '../broker/resources/alarms'
import type { Logger } from '../logger'

export class StalledStore {
  private alarm: RaisedAlarm | undefined

  constructor(
    private readonly broker: Broker,
    private readonly logger: Logger,
  ) {}

  /** `reason`: what the disk said; undefined: it takes everything again. */
  tell(reason: string | undefined): void {
    this.alarm?.clear()
    this.alarm = undefined
    if (reason === undefined) {
      this.logger.info('the disk takes writes again: publishers go on')
    } else {
      this.logger.error(
        { reason },
        'nothing can be written to the disk: publishers wait, nothing is confirmed',
      )
      this.alarm = this.broker.alarms.raise('low on disk') // RabbitMQ's word for it, whatever the disk said
    }
  }
}
