/** The broker whose heap is looked into: a process of its own, so that nothing of the clients is in it. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrokerProcess } from '../crash/broker-process'
import { Link } from '../crash/link'
import { passed } from '../crash/waiting'
import { handleCount, type Vitals, vitalsOf } from '../soak/vitals'
import { Heap } from './heap'

const PROBE = join(__dirname, '../soak/probe-inside.cjs')
/** For those who have gone to be gone, and their statistics with them. */
const SETTLING_MS = 400
const SETTLED_WITHIN_MS = 20_000

export class Subject {
  readonly complaints: string[] = []
  private readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'leveret-leaks-')))
  private readonly dataDir = join(this.folder, 'data')
  private readonly broker: BrokerProcess
  private beginning: Vitals | undefined
  private snapshots = 0
  url = ''
  managementUrl = ''

  /** `preload`: a file to be loaded into the broker before it. */
  constructor(preload: readonly string[] = []) {
    const node = [PROBE, ...preload].flatMap(file => ['--require', file])
    const management = ['--management-port', '0', '--sampling-interval', '100']
    const flags = ['--no-prometheus', '--no-slow-guessers', '--log-level', 'error', ...management]
    const options = { durability: 'os', environment: {}, node: ['--expose-gc', ...node], flags } as const
    this.broker = new BrokerProcess(this.dataDir, options, what => this.complaints.push(what))
  }

  async start(): Promise<void> {
    this.url = (await this.broker.url()) ?? ''
    this.managementUrl = this.broker.managementUrl ?? ''
    this.beginning = await this.vitals()
  }

  async stop(): Promise<void> {
    await this.broker.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async link(): Promise<Link> {
    const link = Link.connect(this.url, what => this.complaints.push(what))
    await link.open()
    return link
  }

  /** The status and the body. Each on a connection of its own. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const auth = 'authorization' in headers || 'cookie' in headers ? {} : { auth: 'guest:guest' }
    const sent = request(`${this.managementUrl}${path}`, {
      method,
      agent: false,
      ...auth,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    return await new Promise<{ status: number; text: string; cookie: string }>((resolve, reject) => {
      sent.once('error', reject).once('response', response => {
        let text = ''
        response.setEncoding('utf8').on('data', chunk => {
          text += chunk
        })
        const cookie = response.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? ''
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text, cookie }))
      })
    })
  }

  async vitals(): Promise<Vitals> {
    const vitals = await vitalsOf(this.broker, this.dataDir)
    if (vitals === undefined) throw new Error('the broker has ended')
    return vitals
  }

  /** When everybody has left. */
  async heap(): Promise<Heap> {
    await this.settled()
    const file = join(this.folder, `${++this.snapshots}.heapsnapshot`)
    await this.broker.ask(file)
    return Heap.take(file)
  }

  /** Complains of handles and files that nobody needs any more. */
  private async settled(): Promise<void> {
    const deadline = Date.now() + SETTLED_WITHIN_MS
    await passed(SETTLING_MS)
    for (;;) {
      const vitals = await this.vitals()
      const { beginning = vitals } = this
      const left = sockets(vitals) - sockets(beginning)
      const isSettled = left <= 0 && handleCount(vitals) <= handleCount(beginning) + 2
      if (isSettled && !(vitals.fds > beginning.fds + 4)) return
      if (Date.now() > deadline) {
        this.complaints.push(`left: ${JSON.stringify(vitals.handles)}, ${vitals.fds} files`)
        return
      }
      await passed(100)
    }
  }
}

function sockets({ handles }: Vitals): number {
  return handles['TCPSocketWrap'] ?? 0
}
