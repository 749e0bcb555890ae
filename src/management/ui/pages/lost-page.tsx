/** An address that no page has. */
import { Link } from 'react-router'
import { Empty } from '../components/empty'
import { Page } from '../components/page'

export function LostPage() {
  return (
    <Page title="There is no page here">
      <Empty title="The address leads nowhere">
        <Link to="/" className="name-link">
          Go to the overview
        </Link>
      </Empty>
    </Page>
  )
}
