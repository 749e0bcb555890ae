/** All channels, a page at a time. */
import { route } from '../../api/client'
import { useList } from '../../api/list'
import type { Channel } from '../../api/types'
import { useVhost } from '../../api/vhost'
import { ListView } from '../../components/list-view'
import { Page } from '../../components/page'
import { channelColumns } from './channel-columns'

export function ChannelsPage() {
  const [vhost] = useVhost()
  const path = vhost === '' ? '/channels' : `${route('vhosts', vhost)}/channels`
  const list = useList<Channel>(path, { sort: 'name' })
  return (
    <Page title="Channels">
      <ListView
        what="channels"
        list={list}
        columns={channelColumns}
        keyOf={({ name }) => name}
        empty={
          <>
            A channel is a conversation within a connection: a client opens one before it declares, publishes
            or consumes.
          </>
        }
      />
    </Page>
  )
}
