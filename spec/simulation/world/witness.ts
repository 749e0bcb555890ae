/** What clients hear, held against the model: promises that are kept, refusals that were deserved. */
import type { Findings } from '../findings'
import type { AccessModel, Account } from '../model/access-model'
import { requireDeserved, requireSafe } from '../model/safety'
import type { Client } from './client'
import type { Conversation, SentMessage } from './conversation'
import type { ClientWatch } from './hearing'
import type { World } from './world'

export class Witness implements ClientWatch {
  readonly messages = new Map<string, SentMessage>()
  readonly findings: Findings
  readonly version: World['version']

  constructor(private readonly world: World) {
    this.findings = world.findings
    this.version = world.version
  }

  get access(): AccessModel {
    return this.world.access
  }

  sent(id: string): SentMessage | undefined {
    return this.messages.get(id)
  }

  confirmed(message: SentMessage, isAcked: boolean): void {
    message.answer = isAcked ? 'acked' : 'nacked'
    const { id } = message
    if (isAcked === message.isRefused)
      this.findings.wrong(`${id} was ${message.answer}, refused=${message.isRefused}`)
    if (!isAcked) this.world.model.duplicates.requireForgotten(id, message.noted, 'nacked')
    if (isAcked) requireSafe(this.world, message, 'confirmed')
  }

  /** An answer came to what changed the topology: it is as was asked, unless it was changed again since. */
  requireChanged(what: string, isThere: boolean, shouldBe: boolean, key: string, asked: number): void {
    if (isThere === shouldBe || this.world.model.topology.changedSince(key, asked)) return
    this.findings.wrong(`${what} was answered, and ${key} is ${isThere ? 'there' : 'not there'}`)
  }

  /** Its declaration was answered: it outlives a crash. */
  requireQueueKept(name: string): void {
    const { model, onDisk } = this.world
    if (model.queues.get(name)?.isKept === true && !onDisk.queues.has(name))
      this.findings.wrong(`queue ${name} was declared before it was on the disk`)
  }

  channelClosed(_: Conversation, replyCode: number, replyText: string): void {
    requireDeserved(this.findings, 'channel', replyCode, replyText)
  }

  connectionOpened(client: Client): void {
    const { user } = client.login
    if (!this.wasOnce(client, account => isWelcome(client, account)))
      this.findings.wrong(`${user} was let in, and was never welcome`)
  }

  connectionClosed(client: Client, replyCode: number, replyText: string): void {
    requireDeserved(this.findings, 'connection', replyCode, replyText)
    const { user } = client.login
    if (replyText.includes(`user '${user}' is deleted`)) {
      this.findings.saw('user deleted while connected')
      if (!this.wasOnce(client, account => account === undefined))
        this.findings.wrong(`${user} heard ${replyText}, and was not deleted`)
    }
    if (replyText.includes('refused for user')) this.turnedAway(client)
  }

  /** A login that nothing came of, or that was refused. */
  turnedAway(client: Client): void {
    this.findings.saw('login refused')
    if (!this.wasOnce(client, account => !isWelcome(client, account)))
      this.findings.wrong(`${client.login.user} was not let in, and was always welcome`)
  }

  private wasOnce({ login, since }: Client, holds: (account: Account | undefined) => boolean): boolean {
    return this.access.wasOnce(login.user, since, holds)
  }
}

function isWelcome({ login }: Client, account: Account | undefined): boolean {
  return account?.password === login.password && account.permissions !== undefined
}
