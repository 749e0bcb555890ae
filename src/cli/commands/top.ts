/**
 * `leveret top`: the busiest queues or connections, drawn anew each second. One request for the totals and one for the
 * rows that fit, however many there are. The terminal is given back as it was, whatever ends it.
 */
import { Argument, Command } from 'commander'
import { jsonText } from '../../structures/printable'
import { type ApiClient, pathOf } from '../api-client'
import { CommandError, exitCodeOf } from '../exit-codes'
import { fieldOf, isObject, type Json, type JsonObject, objectsIn } from '../json'
import { acts, write } from '../run'
import { lookOf, TablePrinter } from '../table'
import {
  afterKey,
  footLine,
  headLines,
  rowLines,
  type TopState,
  type TopView,
  topQuery,
  topState,
  topViews,
} from '../top-view'
import { seconds, whole } from '../typed-values'

interface TopFlags {
  readonly once?: true
  readonly json?: true
  readonly rows: number
  readonly interval: number
  readonly filter?: string
}

interface Seen {
  readonly view: TopView
  readonly overview: JsonObject
  readonly items: readonly JsonObject[]
}

const examples = `
Examples:
  leveret top
  leveret top connections -p shop
  leveret top --once --json | jq '.items[0].name'

Keys: q ends it, s sorts by the next column, / filters by name, Tab changes between queues and connections.`

export function topCommand(): Command {
  const command = new Command('top')
    .description('Watch the busiest queues or connections')
    .addArgument(
      new Argument('[what]', 'queues or connections').choices(Object.keys(topViews)).default('queues'),
    )
    .addHelpText('after', examples)
    .optionsGroup('Top:')
    .option('--filter <text>', 'only those with this in their name')
    .option('--interval <s>', 'how often to look', seconds(0.2, 3600), 1)
    .option('--once', 'look once and print it')
    .option('--rows <n>', 'with --once: how many', whole(1, 500), 20)
    .option('--json', "with --once: the API's own JSON")
  return acts<TopFlags, [TopView]>(command, async ({ api, givenVhost, flags }, view) => {
    const state = topState(view, givenVhost, flags.filter)
    if (flags.once === true) return await once(api, state, flags)
    if (flags.json === true) throw new CommandError('--json goes with --once', 'usage')
    if (process.stdout.isTTY !== true || process.stdin.isTTY !== true) {
      throw new CommandError('there is no terminal here: use --once', 'usage')
    }
    await new Screen(api, state, flags.interval).run()
  })
}

async function once(api: ApiClient, state: TopState, { rows, json }: TopFlags): Promise<void> {
  const { overview, items } = await look(api, state, rows)
  if (json === true) return await write(`${jsonText({ overview, items })}\n`)
  const columns = topViews[state.view]
  const titles = columns.map(column => column.title)
  const table = new TablePrinter(titles, lookOf(process.stdout))
  for (const item of items) await table.add(columns.map(({ field }): Json => fieldOf(item, field) ?? null))
  await table.flush()
}

async function look(api: ApiClient, state: TopState, rows: number): Promise<Seen> {
  const { view, vhost } = state
  const ofVhost = view === 'queues' ? ['queues', vhost ?? ''] : ['vhosts', vhost ?? '', 'connections']
  const path = vhost === undefined ? pathOf(view) : pathOf(...ofVhost)
  const [overview, page] = await Promise.all([
    api.getObject('/overview'),
    api.get(path, topQuery(state, rows)),
  ])
  // RabbitMQ gives the connections of one vhost all at once.
  return { view, overview, items: objectsIn(isObject(page) ? page['items'] : page).slice(0, rows) }
}

class Screen {
  private seen: Seen | undefined
  private wake: () => void = () => {}

  constructor(
    private readonly api: ApiClient,
    private state: TopState,
    private readonly interval: number,
  ) {}

  async run(): Promise<void> {
    this.seen = await look(this.api, this.state, this.rows) // a broker that is not there is told on the screen that is
    const { stdin, stdout } = process
    const restore = (): void => {
      stdin.setRawMode(false)
      stdout.write('\u001b[?25h\u001b[?1049l')
    }
    process.once('exit', restore)
    stdout.write('\u001b[?1049h\u001b[?25l')
    stdin.setRawMode(true)
    stdin.setEncoding('utf8')
    stdin.on('data', (keys: string) => this.keys(keys))
    stdout.on('resize', () => this.draw())
    try {
      while (this.state.ended === undefined) {
        this.seen = await look(this.api, this.state, this.rows)
        this.draw()
        await this.pause()
      }
    } finally {
      process.removeListener('exit', restore)
      restore()
      stdin.pause()
    }
    if (this.state.ended === 'interrupted') process.exitCode = exitCodeOf('interrupted')
  }

  /** What was typed or pasted; an escape sequence (an arrow key) is one key. */
  private keys(text: string): void {
    const before = this.state
    for (const key of text.startsWith('\u001b') ? [text] : text) this.state = afterKey(this.state, key)
    if (this.state.typed === before.typed || this.state.typed === undefined) this.wake()
    this.draw()
  }

  private async pause(): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, this.interval * 1000)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private get rows(): number {
    return Math.max(1, process.stdout.rows - 7)
  }

  /** Each line is overwritten and its rest erased: a screen that is cleared first flickers. */
  private draw(): void {
    if (this.seen === undefined) return
    const { overview, view } = this.seen
    const items = view === this.state.view ? this.seen.items : [] // those of the other view were asked for just now
    const { columns } = process.stdout
    const [titles = '', ...rows] = rowLines(this.state, items.slice(0, this.rows), columns)
    const head = headLines(this.state, overview).map(line => line.slice(0, columns))
    const lines = [...head, '', `\u001b[7m${titles.padEnd(columns)}\u001b[0m`, ...rows]
    const foot = `\u001b[${process.stdout.rows};1H${footLine(this.state).slice(0, columns)}\u001b[K`
    process.stdout.write(`\u001b[H${lines.map(line => `${line}\u001b[K\r\n`).join('')}\u001b[J${foot}`)
  }
}
