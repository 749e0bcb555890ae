/** An address that no page has. */
import { Link } from 'react-router'
import { Empty } from '../components/empty'

export function LostPage() {
  return (
    <Empty title="There is no page here">
      The address leads nowhere.{' '}
      <Link to="/" className="name-link">
        Go to the overview
      </Link>
    </Empty>
  )
}
