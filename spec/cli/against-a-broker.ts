/** A broker with its management API in this process, and `leveret` run against it; as a process of its own where something is piped in. */
import { createBroker, type EmbeddedBroker } from '../../src/embed/embedded-broker'
import { type Ran, runInProcess } from './in-process-program'
import { leveret } from './leveret'

export class CommandedBroker {
  static async open(): Promise<CommandedBroker> {
    return new CommandedBroker(await createBroker({ port: 0, management: true, managementPort: 0 }))
  }

  private constructor(readonly broker: EmbeddedBroker) {}

  get environment(): Record<string, string> {
    return { LEVERET_URL: this.broker.managementUrl ?? '' }
  }

  /** As it ends, however that is. */
  async run(args: readonly string[], input?: string): Promise<Ran> {
    if (input === undefined) return await runInProcess(args, this.environment)
    return await leveret(args, this.environment, input)
  }

  /** What it prints; it must end well and complain of nothing. */
  async says(args: readonly string[], input?: string): Promise<string> {
    const { code, output, errors } = await this.run(args, input)
    expect({ args, code, errors }).toEqual({ args, code: 0, errors: '' })
    return output
  }

  async json<T = unknown>(args: readonly string[]): Promise<T> {
    return JSON.parse(await this.says([...args, '--json'])) as T
  }

  async close(): Promise<void> {
    await this.broker.close()
  }
}
