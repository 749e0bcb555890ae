/** The policies of one side, which programs set and clear through its management API. */
import type { ManagementApi } from '../support/management-api'
import type { PolicyStep } from './step'

export class Policies {
  private readonly set = new Map<string, PolicyStep>()

  constructor(
    private readonly api: ManagementApi,
    private readonly vhost: string,
  ) {}

  /** What it is answered with. */
  async take(step: PolicyStep): Promise<string> {
    const { kind, name, policy } = step.fields
    if (step.method === 'policy.set') this.set.set(`${kind} ${name}`, step)
    const answer =
      step.method === 'policy.set'
        ? await this.api.ask('PUT', this.pathOf(step), policy)
        : await this.api.ask('DELETE', this.pathOf(step))
    // whether it was there
    const status = answer.status === 201 ? 204 : answer.status
    return `${step.method} ${status} ${plain(JSON.stringify(answer.body ?? ''))}`
  }

  async clear(): Promise<void> {
    for (const step of this.set.values()) await this.api.ask('DELETE', this.pathOf(step))
    this.set.clear()
  }

  private pathOf({ fields: { kind, name } }: PolicyStep): string {
    return `/${kind}/${encodeURIComponent(this.vhost)}/${name}`
  }
}

/** 3.10 writes texts for browsers. */
function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}
