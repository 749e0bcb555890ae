/** The definitions a broker is started with: a file, read before anything is opened and imported before anyone can connect. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Broker } from '../broker/broker'
import type { Definitions } from '../broker/definitions/definitions'
import { DefinitionsRefused, importDefinitions } from '../broker/definitions/definitions-import'
import { jsonComplaint } from '../config/json-complaint'
import { isTooDeep, TOO_DEEP } from '../management/json-depth'
import { keeperOf } from './kept'

/** The message is one line, made to be shown to whoever named the file. */
export class UnusableDefinitions extends Error {
  override readonly name = 'UnusableDefinitions'
}

/** RabbitMQ's name of the global parameter that says which file was imported last. */
const HASH = 'imported_definition_hash_value'

export class DefinitionsFile {
  private readonly definitions: Definitions
  private readonly hash: string

  /** @throws UnusableDefinitions */
  constructor(private readonly path: string) {
    const text = this.read()
    this.hash = createHash('sha256').update(text).digest('hex')
    this.definitions = this.parsed(text)
  }

  /** Then a new broker needs no first user: RabbitMQ. */
  get hasUsers(): boolean {
    const { users } = this.definitions
    return Array.isArray(users) && users.length > 0
  }

  /** Ends when it would outlive a crash. @throws UnusableDefinitions */
  async importInto(broker: Broker, skipUnchanged: boolean): Promise<void> {
    if (skipUnchanged && broker.parameters.getGlobal(HASH)?.value === this.hash) return
    try {
      await importDefinitions(broker, this.definitions)
    } catch (error) {
      if (!(error instanceof DefinitionsRefused)) throw error
      throw this.unusable(`cannot be imported: ${error.message.trim().replace(/\s*\n\s*/g, ' ')}`)
    }
    if (skipUnchanged) await keeperOf(broker)(broker.parameters.setGlobal(HASH, this.hash))
  }

  private read(): string {
    try {
      return readFileSync(this.path, 'utf8').replace(/^\ufeff/, '')
    } catch (cause) {
      throw this.unusable(`cannot be read: ${(cause as Error).message}`)
    }
  }

  private parsed(text: string): Definitions {
    let json: unknown
    if (isTooDeep(Buffer.from(text))) throw this.unusable(TOO_DEEP)
    try {
      json = JSON.parse(text)
    } catch (cause) {
      throw this.unusable(`is no JSON: ${jsonComplaint(cause)}`)
    }
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Definitions
    throw this.unusable('is no JSON object')
  }

  private unusable(why: string): UnusableDefinitions {
    return new UnusableDefinitions(`definitions ${this.path}: ${why}`)
  }
}
