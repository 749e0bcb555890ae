/** The management comes to be beside a broker that has clients already: these are heard in between. */
import { join } from 'node:path'
import { openHttpServer } from '../../src/management/http-server'
import { loadManagement } from '../../src/management/loading'
import { SystemTurn, type TurnWork } from '../../src/turn'
import { composeBroker } from '../support/composed-broker'
import { managementOf } from '../support/management-of'
import { Program } from '../support/processes'

/** A turn that counts how often others were let go first. */
class CountingTurn extends SystemTurn {
  count = 0

  override readOn(work: TurnWork): void {
    this.count++
    super.readOn(work)
  }
}

describe('opening the management', () => {
  it('lets others have their turn between the parts of its code', async () => {
    const turn = new CountingTurn()
    await loadManagement(composeBroker(turn).broker)
    expect(turn.count).toBeGreaterThan(8)
  })

  it('lets them have it between its routes, too', async () => {
    const turn = new CountingTurn()
    const http = await openHttpServer(managementOf(composeBroker(turn)), { host: '127.0.0.1', port: 0 })
    await http.close()
    expect(turn.count).toBeGreaterThan(5)
  })

  it('reads no compiler of schemas', async () => {
    const script = join(__dirname, 'what-is-loaded.cjs')
    const [loaded = ''] = await new Program(script, [], { cwd: __dirname }).finished()
    const packages = JSON.parse(loaded) as Record<string, boolean>
    expect(Object.keys(packages).filter(name => packages[name])).toEqual(['fastify'])
  })
})
