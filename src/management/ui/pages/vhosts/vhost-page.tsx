/** The page "Vhost". */
import { Page } from '../../components/page'

export function VhostPage() {
  return <Page title="Vhost">{null}</Page>
}
