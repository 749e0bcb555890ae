/** Keys that work on every page: `/` to filter, `g` and a letter to go, `?` for this list. */
import { Kbd, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import { useNavigate } from 'react-router'
import { navigation } from './pages'

const pages = navigation.flatMap(group => group.pages)
const sequenceMs = 1_200

export function Keyboard() {
  const [isOpen, { open, close }] = useDisclosure(false)
  const navigate = useNavigate()
  const pressedG = useRef(0)

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const page =
        event.timeStamp - pressedG.current < sequenceMs && pages.find(({ key }) => key === event.key)
      pressedG.current = event.key === 'g' ? event.timeStamp : -sequenceMs
      if (page) void navigate(page.path)
      else if (event.key === '?') open()
      else if (event.key === '/') focusFilter(event)
    }
    pressedG.current = -sequenceMs
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate, open])

  return (
    <Modal opened={isOpen} onClose={close} title="Keys" size="sm">
      <Stack gap={0} component="dl" m={0}>
        <Row keys={['/']} what="Filter the list" />
        <Row keys={['Ctrl', 'K']} what="Go to a page, queue or exchange" />
        {pages.map(page => (
          <Row key={page.path} keys={['g', page.key]} what={page.name} />
        ))}
        <Row keys={['?']} what="These keys" />
      </Stack>
    </Modal>
  )
}

function Row({ keys, what }: { readonly keys: readonly string[]; readonly what: string }) {
  return (
    <div className="kbd-row">
      <dt>{what}</dt>
      <dd>
        {keys.map(key => (
          <Kbd key={key} ml={4}>
            {key}
          </Kbd>
        ))}
      </dd>
    </div>
  )
}

function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLInputElement>('input[data-search]')
  if (filter === null) return
  event.preventDefault()
  filter.focus()
  filter.select()
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
