/** The page "Queue". */
import { Page } from '../../components/page'

export function QueuePage() {
  return <Page title="Queue">{null}</Page>
}
