/** The page "Channels". */
import { Page } from '../../components/page'

export function ChannelsPage() {
  return <Page title="Channels">{null}</Page>
}
