/** What is shown in the place of a page that failed to load or to draw; the shell around it keeps working. */
import { useRouteError } from 'react-router'
import { Problem } from '../components/problem'

export function PageFailure() {
  const error = useRouteError()
  return (
    <Problem
      error={error instanceof Error ? error : new Error(String(error))}
      onRetry={() => location.reload()}
    />
  )
}
