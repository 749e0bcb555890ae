/** The right of the header: virtual host, search, whether the page is live, dark or light, who is logged in. */
import {
  ActionIcon,
  Button,
  Group,
  Kbd,
  Menu,
  Select,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { openSpotlight } from '@mantine/spotlight'
import { IconDeviceDesktop, IconLogout, IconMoon, IconSearch, IconSun, IconUser } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useSearchParams } from 'react-router'
import { useLive, useLiveState } from '../api/hooks'
import { logOut, useUser } from '../api/session'
import type { Vhost } from '../api/types'
import { useVhost } from '../api/vhost'
import { State } from '../components/state'

const allHosts = ' all' // a name cannot be mistaken for it: the option's value only

export function Header() {
  return (
    <Group gap="xs" ml="auto" wrap="nowrap" justify="flex-end" style={{ flex: 1, minWidth: 0 }}>
      <Button
        variant="default"
        size="xs"
        visibleFrom="md"
        leftSection={<IconSearch size={15} />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={openSpotlight}
      >
        Go to…
      </Button>
      <ActionIcon variant="default" size={30} hiddenFrom="md" aria-label="Go to…" onClick={openSpotlight}>
        <IconSearch size={16} />
      </ActionIcon>
      <VhostSelect />
      <LiveBadge />
      <ColorScheme />
      <UserMenu />
    </Group>
  )
}

function VhostSelect() {
  const [vhost, choose] = useVhost()
  const [search] = useSearchParams()
  const { data } = useLive<readonly Pick<Vhost, 'name'>[]>('/vhosts?columns=name')
  const names = (data ?? []).map(({ name }) => name)
  const isGone = data !== undefined && vhost !== '' && !names.includes(vhost)
  const isAsked = search.has('vhost')
  useEffect(() => {
    if (isGone && !isAsked) choose('') // it was chosen last time, and is not there or not ours any more
  }, [isGone, isAsked, choose])
  if (vhost !== '' && !names.includes(vhost)) names.push(vhost)
  return (
    <Select
      size="xs"
      w={{ base: 110, sm: 170 }}
      aria-label="Virtual host"
      searchable={names.length > 10}
      data={[
        { value: allHosts, label: 'All virtual hosts' },
        ...names.map(name => ({ value: name, label: name })),
      ]}
      value={vhost === '' ? allHosts : vhost}
      onChange={value => choose(value === null || value === allHosts ? '' : value)}
    />
  )
}

const liveWords = {
  idle: 'This page needs no updates',
  connecting: 'Waiting for the first update',
  live: 'Updates arrive as things change',
  paused: 'Updates rest while the tab is hidden',
  failed: 'No updates are pushed: asking every few seconds',
} as const

function LiveBadge() {
  const state = useLiveState()
  return (
    <Tooltip label={liveWords[state]}>
      <Group gap={4} fz="xs" className="quiet" visibleFrom="sm" wrap="nowrap">
        <State value={state === 'failed' ? 'waiting' : state} />
      </Group>
    </Tooltip>
  )
}

const nextScheme = { auto: 'light', light: 'dark', dark: 'auto' } as const

function ColorScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const computed = useComputedColorScheme('light')
  const Icon = colorScheme === 'auto' ? IconDeviceDesktop : computed === 'dark' ? IconMoon : IconSun
  const name = { auto: 'as the system', light: 'light', dark: 'dark' }[colorScheme]
  return (
    <Tooltip label={`Colours: ${name}`}>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={`Colours: ${name}`}
        onClick={() => setColorScheme(nextScheme[colorScheme])}
      >
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  )
}

function UserMenu() {
  const { name, tags } = useUser()
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          px={8}
          aria-label={`User ${name}`}
          leftSection={<IconUser size={15} />}
          className="user-button"
        >
          <span className="user-name">{name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{tags.length === 0 ? 'no tags' : tags.join(', ')}</Menu.Label>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void logOut()}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
