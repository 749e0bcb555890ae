/** The page "Consumers". */
import { Page } from '../../components/page'

export function ConsumersPage() {
  return <Page title="Consumers">{null}</Page>
}
