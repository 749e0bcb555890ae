/** The pages of the navigation: their names, addresses, keys and who may see them. */
import {
  IconAffiliate,
  IconArrowsShuffle,
  IconBraces,
  IconGauge,
  IconHierarchy2,
  IconPlugConnected,
  IconQuestionMark,
  IconRoute,
  IconServer2,
  IconShieldCheck,
  IconStack2,
  IconUserBolt,
  IconUsers,
} from '@tabler/icons-react'

export interface NavigationPage {
  readonly name: string
  readonly path: string
  /** After `g`. */
  readonly key: string
  readonly icon: typeof IconGauge
  /** The overview's `object_totals` has its count. */
  readonly total?: 'connections' | 'channels' | 'consumers' | 'exchanges' | 'queues'
  readonly isForAdministrators?: boolean
}

export interface NavigationGroup {
  readonly name: string
  readonly pages: readonly NavigationPage[]
}

export const navigation: readonly NavigationGroup[] = [
  {
    name: 'Broker',
    pages: [
      { name: 'Overview', path: '/', key: 'o', icon: IconGauge },
      { name: 'Topology', path: '/topology', key: 't', icon: IconHierarchy2 },
      { name: 'Explain', path: '/explain', key: 'w', icon: IconQuestionMark },
    ],
  },
  {
    name: 'Messaging',
    pages: [
      { name: 'Connections', path: '/connections', key: 'c', icon: IconPlugConnected, total: 'connections' },
      { name: 'Channels', path: '/channels', key: 'h', icon: IconRoute, total: 'channels' },
      { name: 'Consumers', path: '/consumers', key: 'n', icon: IconUserBolt, total: 'consumers' },
      { name: 'Exchanges', path: '/exchanges', key: 'e', icon: IconArrowsShuffle, total: 'exchanges' },
      { name: 'Queues', path: '/queues', key: 'q', icon: IconStack2, total: 'queues' },
    ],
  },
  {
    name: 'Administration',
    pages: [
      { name: 'Users', path: '/users', key: 'u', icon: IconUsers, isForAdministrators: true },
      { name: 'Virtual hosts', path: '/vhosts', key: 'v', icon: IconServer2 },
      { name: 'Policies', path: '/policies', key: 'p', icon: IconShieldCheck },
      { name: 'Limits', path: '/limits', key: 'l', icon: IconAffiliate, isForAdministrators: true },
    ],
  },
]

export const outside = [{ name: 'HTTP API', path: '/api/docs', icon: IconBraces }] as const
