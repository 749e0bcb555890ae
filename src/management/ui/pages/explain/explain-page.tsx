/** The page "Explain". */
import { Page } from '../../components/page'

export function ExplainPage() {
  return <Page title="Explain">{null}</Page>
}
