/** All endpoints of the API, a file for each resource. */
import type { Endpoint } from './api'
import type { Login } from './login'
import type { Management } from './management'
import { bindingEndpoints } from './resources/bindings'
import { exchangeEndpoints } from './resources/exchanges'
import { queueEndpoints } from './resources/queues'
import { sessionEndpoints } from './resources/session'

export function endpoints(management: Management, login: Login): Endpoint[] {
  return [
    ...sessionEndpoints(login),
    ...queueEndpoints(management),
    ...exchangeEndpoints(management),
    ...bindingEndpoints(management),
  ]
}
