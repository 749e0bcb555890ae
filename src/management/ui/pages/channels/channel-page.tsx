/** The page "Channel". */
import { Page } from '../../components/page'

export function ChannelPage() {
  return <Page title="Channel">{null}</Page>
}
