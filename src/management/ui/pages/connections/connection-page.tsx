/** The page "Connection". */
import { Page } from '../../components/page'

export function ConnectionPage() {
  return <Page title="Connection">{null}</Page>
}
