/** What peers left in a broker, as the HTTP API and the metrics show it: whatever it is, it can be shown. */
import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { createApp } from '../../../src/management/http-server'
import { removeWhatIsNobodys, standingOf } from '../../hostile/standing'
import { type InProcessBroker, inProcessBroker } from '../../support/in-process'
import { managementOf } from '../../support/management-of'
import { AMQP_WORDS, session } from '../generate/frames'
import type { Input, Target, World } from '../target'
import { PRELUDE } from './amqp'

const PATHS = [
  ...[
    '/api/overview',
    '/api/connections',
    '/api/channels',
    '/api/consumers',
    '/api/queues',
    '/api/exchanges',
  ],
  ...['/api/bindings', '/api/definitions', '/api/topology/%2F', '/api/vhosts', '/api/parameters'],
  ...['q1', 'q2', 'kept'].flatMap(queue => [
    `/api/queues/%2F/${queue}`,
    `/api/queues/%2F/${queue}/bindings`,
    `/api/queues/%2F/${queue}/messages?state=all`,
    `/api/queues/%2F/${queue}/messages?state=all&search=a`,
  ]),
  ...[
    '/metrics',
    '/metrics/per-object',
    '/api/queues?page=1&sort=arguments',
    '/api/exchanges/%2F/x1/bindings/source',
  ],
  '/metrics/detailed?family=queue_metrics&family=channel_metrics&family=queue_coarse_metrics',
  '/api/connections?columns=name,client_properties&sort=client_properties.product',
]
/** Of the paths, after each input. */
const SHOWN = 4

const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` }

export const views: Target = {
  name: 'views',
  briefly: 60,
  dictionary: AMQP_WORDS,
  inputsPerWorld: 100,
  triesToShrink: 30,
  generate: session,
  open: () => ViewsWorld.open(),
}

class ViewsWorld implements World {
  private constructor(
    private readonly broker: InProcessBroker,
    private readonly app: FastifyInstance,
  ) {}

  static async open(): Promise<ViewsWorld> {
    const broker = inProcessBroker()
    return new ViewsWorld(broker, await createApp(managementOf(broker)))
  }

  async feed(input: Input): Promise<void> {
    const { broker } = this
    const before = standingOf(broker)
    const client = broker.connectBare()
    for (const piece of [PRELUDE, ...input]) client.say(piece)
    const digest = createHash('sha256')
      .update(Buffer.concat([...input]))
      .digest()
    for (let at = 0; at < SHOWN; at++) await this.show(PATHS[digest[at]! % PATHS.length] as string)
    client.reset()
    removeWhatIsNobodys(broker, before)
    broker.settle()
  }

  async close(): Promise<void> {
    await this.app.close()
  }

  private async show(url: string): Promise<void> {
    const { statusCode, body } = await this.broker.during(Promise.resolve(this.app.inject({ url, headers })))
    const defects = this.broker.log.at('error')
    if (defects.length > 0) throw new Error(`${url}: ${defects[0]}`)
    if (statusCode >= 500) throw new Error(`${url}: ${statusCode} ${body.slice(0, 200)}`)
    if (url.startsWith('/api')) JSON.parse(body)
  }
}
