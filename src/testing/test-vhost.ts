/** A virtual host of a test's own: nothing in it meets what others do. */
import type { Administration } from '../embed/administration'
import { WatchedVhost, type Watching } from './watched-vhost'

export class TestVhost extends WatchedVhost {
  constructor(
    readonly name: string,
    /** For any AMQP 0-9-1 client. */
    readonly url: string,
    private readonly admin: Administration,
    watching: Watching,
  ) {
    super(name, watching)
  }

  /** All that is in it goes, and its connections are closed. @throws StrictViolated if the broker is strict, and there was any */
  async drop(): Promise<void> {
    const { quiet, strictness } = this.watching
    if (strictness.isStrict) await quiet.comes()
    await this.admin.deleteVhost(this.name)
    if (strictness.isStrict) strictness.violations.tell(this.name)
  }

  /** `await using vhost = await broker.vhost()` */
  [Symbol.asyncDispose](): Promise<void> {
    return this.drop()
  }
}
