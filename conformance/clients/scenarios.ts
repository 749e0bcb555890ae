/** What people do with a broker, through a client library: the same for every library. */
import type { Adapter } from './adapter'
import { describeFailures } from './scenarios/failures'
import { describeMessages } from './scenarios/messages'
import { describeQueues } from './scenarios/queues'
import { describeRouting } from './scenarios/routing'
import { describeWork } from './scenarios/work'
import { useStage } from './stage'

export function describeScenarios(adapter: Adapter): void {
  describe(adapter.name, () => {
    const stage = useStage(adapter)
    describeWork(stage)
    describeRouting(stage)
    describeMessages(stage)
    describeQueues(stage)
    describeFailures(stage)
  })
}
