/** `leveret status`: what the broker is, how it fares, and what it is doing, on one screen. */
import { Command } from 'commander'
import { jsonText, printable } from '../../structures/printable'
import type { ApiClient } from '../api-client'
import { fieldOf, isObject, type Json, type JsonObject, numberField, objectsIn, textField } from '../json'
import { productOf } from '../product'
import { bytesText, durationText } from '../quantities'
import { acts, write } from '../run'

const examples = `
Examples:
  leveret status
  leveret status --json | jq .overview.queue_totals.messages`

export function statusCommand(): Command {
  const command = new Command('status')
    .description('Show what the broker is and how it fares')
    .addHelpText('after', examples)
    .optionsGroup('Output:')
    .option('--json', "the API's own JSON: overview and nodes")
  return acts<{ json?: true }, []>(command, async ({ api, flags }) => {
    const overview = await api.getObject('/overview')
    const nodes = await nodesOf(api)
    if (flags.json === true) return await write(`${jsonText({ overview, nodes })}\n`)
    const facts = [...productFacts(overview), ...nodes.flatMap(nodeFacts), ...loadFacts(overview)]
    const width = Math.max(...facts.map(([name]) => name.length))
    await write(facts.map(([name, text]) => `${name.padEnd(width)}  ${printable(text)}\n`).join(''))
  })
}

type Fact = readonly [name: string, text: string]

/** Only those with the tag monitoring may see nodes: a status without them is one still. */
async function nodesOf(api: ApiClient): Promise<readonly JsonObject[]> {
  try {
    return objectsIn(await api.get('/nodes'))
  } catch {
    return []
  }
}

function productFacts(overview: JsonObject): Fact[] {
  return [
    ['product', productOf(overview)],
    ['cluster', textField(overview, 'cluster_name')],
    ...objectsIn(overview['listeners']).map(
      (listener): Fact => [
        `listener ${textField(listener, 'protocol')}`,
        `${textField(listener, 'ip_address')}${portText(numberField(listener, 'port'))}`,
      ],
    ),
  ]
}

/** A unix socket has none. */
function portText(port: number): string {
  return port === 0 ? '' : ` port ${port}`
}

function nodeFacts(node: JsonObject): Fact[] {
  const alarms = [
    ...(node['mem_alarm'] === true ? ['memory'] : []),
    ...(node['disk_free_alarm'] === true ? ['disk'] : []),
  ]
  return [
    ['node', `${textField(node, 'name')}${node['running'] === false ? ' (down)' : ''}`],
    ['uptime', durationText(numberField(node, 'uptime'))],
    ['memory', `${bytesText(numberField(node, 'mem_used'))}${ofLimit(node['mem_limit'])}`],
    ['disk free', `${bytesText(numberField(node, 'disk_free'))}${aboveLimit(node['disk_free_limit'])}`],
    ['files open', `${numberField(node, 'fd_used')} of ${numberField(node, 'fd_total')}`],
    ['alarms', alarms.length === 0 ? 'none' : alarms.join(', ')],
  ]
}

function loadFacts(overview: JsonObject): Fact[] {
  const counted = isObject(overview['object_totals']) ? overview['object_totals'] : {}
  const rate = (name: string): string => `${rateText(overview, `message_stats.${name}_details.rate`)}/s`
  return [
    ...Object.entries(counted).map(([kind, count]): Fact => [kind, String(count)]),
    ['messages ready', String(numberField(overview, 'queue_totals.messages_ready'))],
    ['unacknowledged', String(numberField(overview, 'queue_totals.messages_unacknowledged'))],
    ['published', rate('publish')],
    ['delivered', rate('deliver_get')],
    ['acknowledged', rate('ack')],
  ]
}

function rateText(overview: JsonObject, field: string): string {
  const rate = fieldOf(overview, field)
  return typeof rate === 'number' ? rate.toFixed(1) : '0.0'
}

function ofLimit(limit: Json | undefined): string {
  return typeof limit === 'number' && limit > 0 ? ` of ${bytesText(limit)}` : ''
}

function aboveLimit(limit: Json | undefined): string {
  return typeof limit === 'number' && limit > 0 ? `, alarm below ${bytesText(limit)}` : ''
}
