/** Ctrl+K: jumps to any page, and to any queue or exchange whose name has what was typed; the server looks them up. */
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconArrowsShuffle, IconSearch, IconStack2 } from '@tabler/icons-react'
import { useState } from 'react'
import { type NavigateFunction, useNavigate } from 'react-router'
import { query, route } from '../api/client'
import { useOnce } from '../api/hooks'
import type { Exchange, Page, Queue } from '../api/types'
import { navigation } from './pages'

const foundMax = 8
const restMs = 200

export function Search() {
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), restMs)
  const navigate = useNavigate()
  const found = (resource: string) =>
    asked === ''
      ? undefined
      : query(`/${resource}`, { page: 1, page_size: foundMax, name: asked, columns: 'name,vhost' })
  const queues = useOnce<Page<Queue>>(found('queues'))
  const exchanges = useOnce<Page<Exchange>>(found('exchanges'))
  const actions: SpotlightActionGroupData[] = [{ group: 'Pages', actions: pageActions(text, navigate) }]
  if (asked !== '') {
    actions.push({ group: 'Queues', actions: objectActions('queues', queues.data?.items, navigate) })
    actions.push({ group: 'Exchanges', actions: objectActions('exchanges', exchanges.data?.items, navigate) })
  }
  return (
    <Spotlight
      actions={actions.filter(group => group.actions.length > 0)}
      filter={(_, all) => all} // the server has filtered
      query={text}
      onQueryChange={setText}
      clearQueryOnClose
      shortcut={['mod + K']}
      nothingFound="Nothing has such a name"
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: 'Page, queue or exchange…',
        'aria-label': 'Go to a page, queue or exchange',
      }}
    />
  )
}

function pageActions(text: string, navigate: NavigateFunction): SpotlightActionData[] {
  const wanted = text.trim().toLowerCase()
  return navigation
    .flatMap(group => group.pages)
    .filter(page => page.name.toLowerCase().includes(wanted))
    .map(page => ({
      id: `page ${page.path}`,
      label: page.name,
      leftSection: <page.icon size={18} stroke={1.6} aria-hidden="true" />,
      onClick: () => void navigate(page.path),
    }))
}

function objectActions(
  resource: 'queues' | 'exchanges',
  found: readonly { name: string; vhost: string }[] | undefined,
  navigate: NavigateFunction,
): SpotlightActionData[] {
  const Icon = resource === 'queues' ? IconStack2 : IconArrowsShuffle
  return (found ?? []).map(({ name, vhost }) => ({
    id: `${resource} ${vhost} ${name}`,
    label: name === '' ? '(default)' : name,
    description: `in ${vhost}`,
    leftSection: <Icon size={18} stroke={1.6} aria-hidden="true" />,
    onClick: () => void navigate(route(resource, vhost, name === '' ? 'amq.default' : name)),
  }))
}
