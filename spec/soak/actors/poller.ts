/** Somebody who has the management open, and a Prometheus. */
import type { Random } from '../../crash/random'
import { request } from '../http'
import type { SoakStage } from '../soak-stage'

const PATHS = [
  '/api/overview',
  '/api/nodes',
  '/api/queues',
  '/api/queues/%2F/soak.plain?msg_rates_age=60&msg_rates_incr=5',
  '/api/exchanges',
  '/api/connections',
  '/api/channels',
  '/api/consumers',
  '/api/bindings',
  '/api/policies',
  '/api/definitions',
  '/api/health/checks/alarms',
  '/metrics',
] as const

export async function poller(stage: SoakStage, random: Random): Promise<void> {
  while (stage.isBusy) {
    await stage.rest(random.between(200, 1500))
    if (!stage.isBusy) return
    if (random.chance(0.03)) await guess(stage, random)
    else await request(stage, 'GET', random.pick(PATHS))
  }
}

/** A stranger, who is a different one each time. */
async function guess(stage: SoakStage, random: Random): Promise<void> {
  const user = `stranger-${random.between(0, 1e9)}:secret`
  await request(stage, 'GET', '/api/whoami', { user, statuses: [401] })
}
