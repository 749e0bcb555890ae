/** The page "Topology". */
import { Page } from '../../components/page'

export function TopologyPage() {
  return <Page title="Topology">{null}</Page>
}
