/** The page "Exchanges". */
import { Page } from '../../components/page'

export function ExchangesPage() {
  return <Page title="Exchanges">{null}</Page>
}
