/** All endpoints of the API, a file for each resource. */
import type { Endpoint } from './api'
import type { Login } from './login'
import type { Management } from './management'
import { alivenessEndpoints } from './resources/aliveness'
import { authEndpoints } from './resources/auth'
import { bindingEndpoints } from './resources/bindings'
import { browsingEndpoints } from './resources/browsing'
import { channelEndpoints } from './resources/channels'
import { clusterEndpoints } from './resources/cluster'
import { connectionEndpoints } from './resources/connections'
import { definitionEndpoints } from './resources/definitions'
import { exchangeEndpoints } from './resources/exchanges'
import { explainingEndpoints } from './resources/explaining'
import { healthCheckEndpoints } from './resources/health-checks'
import { limitEndpoints } from './resources/limits'
import { messageEndpoints } from './resources/messages'
import { movingEndpoints } from './resources/moving'
import { nodeEndpoints } from './resources/nodes'
import { overviewEndpoints } from './resources/overview'
import { parameterEndpoints } from './resources/parameters'
import { permissionEndpoints } from './resources/permissions'
import { policyEndpoints } from './resources/policies'
import { queueEndpoints } from './resources/queues'
import { sessionEndpoints } from './resources/session'
import { topicPermissionEndpoints } from './resources/topic-permissions'
import { userEndpoints } from './resources/users'
import { vhostEndpoints } from './resources/vhosts'

export function endpoints(management: Management, login: Login): Endpoint[] {
  return [
    ...sessionEndpoints(login),
    ...authEndpoints(management, login),
    ...overviewEndpoints(management),
    ...clusterEndpoints(management),
    ...nodeEndpoints(management),
    ...healthCheckEndpoints(management),
    ...alivenessEndpoints(management),
    ...vhostEndpoints(management),
    ...userEndpoints(management),
    ...permissionEndpoints(management),
    ...topicPermissionEndpoints(management),
    ...limitEndpoints(management),
    ...policyEndpoints(management),
    ...parameterEndpoints(management),
    ...definitionEndpoints(management),
    ...queueEndpoints(management),
    ...exchangeEndpoints(management),
    ...bindingEndpoints(management),
    ...messageEndpoints(management),
    ...browsingEndpoints(management),
    ...movingEndpoints(management),
    ...explainingEndpoints(management),
    ...connectionEndpoints(management),
    ...channelEndpoints(management),
  ]
}
