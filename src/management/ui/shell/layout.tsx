/** The shell around every page: header, navigation, the page as the main landmark, keys that work everywhere. */
import { AppShell, Burger, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Suspense, useEffect } from 'react'
import { Link, Outlet, useLocation } from 'react-router'
import { Mark } from '../components/mark'
import { Header } from './header'
import { Keyboard } from './keyboard'
import { Navigation } from './navigation'
import { Search } from './search'

export function Layout() {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const { pathname } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the drawer it was chosen from
  useEffect(close, [pathname])
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#main" className="skip-link">
        Skip to the page
      </a>
      <AppShell.Header className="shell-header">
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={isOpen}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label="Navigation"
            aria-expanded={isOpen}
          />
          <Link to="/" className="brand">
            <Mark />
            <span>Leveret</span>
          </Link>
          <Header />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className="shell-navbar" p="sm" aria-label="Pages">
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Suspense>
          <Outlet />
        </Suspense>
      </AppShell.Main>
      <Search />
      <Keyboard />
    </AppShell>
  )
}
