/** The navigation: pages in groups, with how many there are of what each lists. */
import { ScrollArea, Text } from '@mantine/core'
import { NavLink } from 'react-router'
import { useLive } from '../api/hooks'
import { useUser } from '../api/session'
import type { Overview } from '../api/types'
import { compact } from '../format/numbers'
import { type NavigationPage, navigation, outside } from './pages'

export function Navigation() {
  const { isAdministrator } = useUser()
  const { data } = useLive<Overview>('/overview')
  return (
    <ScrollArea type="never">
      {navigation.map(group => (
        <div key={group.name}>
          <Text className="nav-group" component="h2">
            {group.name}
          </Text>
          {group.pages
            .filter(page => isAdministrator || !page.isForAdministrators)
            .map(page => (
              <PageLink key={page.path} page={page} total={page.total && data?.object_totals[page.total]} />
            ))}
        </div>
      ))}
      <Text className="nav-group" component="h2">
        More
      </Text>
      {outside.map(({ name, path, icon: Icon }) => (
        <a key={path} href={path} className="nav-link" target="_blank" rel="noreferrer">
          <Icon size={17} stroke={1.6} aria-hidden="true" />
          {name}
        </a>
      ))}
    </ScrollArea>
  )
}

function PageLink({ page, total }: { readonly page: NavigationPage; readonly total: number | undefined }) {
  const Icon = page.icon
  return (
    <NavLink to={page.path} end={page.path === '/'} className="nav-link">
      <Icon size={17} stroke={1.6} aria-hidden="true" />
      {page.name}
      {total !== undefined && <span className="count">{compact(total)}</span>}
    </NavLink>
  )
}
