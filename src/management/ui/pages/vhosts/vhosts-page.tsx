/** The page "Vhosts". */
import { Page } from '../../components/page'

export function VhostsPage() {
  return <Page title="Vhosts">{null}</Page>
}
