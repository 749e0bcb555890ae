/** The page "Exchange". */
import { Page } from '../../components/page'

export function ExchangePage() {
  return <Page title="Exchange">{null}</Page>
}
