/** Every address of the web UI and the page it shows. Pages are loaded when they are first shown. */
import { createBrowserRouter, type RouteObject } from 'react-router'
import { LostPage } from './pages/lost-page'
import { Layout } from './shell/layout'
import { PageFailure } from './shell/page-failure'

const pages: RouteObject[] = [
  {
    index: true,
    lazy: async () => ({ Component: (await import('./pages/overview/overview-page')).OverviewPage }),
  },
  {
    path: 'connections',
    lazy: async () => ({ Component: (await import('./pages/connections/connections-page')).ConnectionsPage }),
  },
  {
    path: 'connections/:name',
    lazy: async () => ({ Component: (await import('./pages/connections/connection-page')).ConnectionPage }),
  },
  {
    path: 'channels',
    lazy: async () => ({ Component: (await import('./pages/channels/channels-page')).ChannelsPage }),
  },
  {
    path: 'channels/:name',
    lazy: async () => ({ Component: (await import('./pages/channels/channel-page')).ChannelPage }),
  },
  {
    path: 'consumers',
    lazy: async () => ({ Component: (await import('./pages/consumers/consumers-page')).ConsumersPage }),
  },
  {
    path: 'exchanges',
    lazy: async () => ({ Component: (await import('./pages/exchanges/exchanges-page')).ExchangesPage }),
  },
  {
    path: 'exchanges/:vhost/:exchange',
    lazy: async () => ({ Component: (await import('./pages/exchange/exchange-page')).ExchangePage }),
  },
  {
    path: 'queues',
    lazy: async () => ({ Component: (await import('./pages/queues/queues-page')).QueuesPage }),
  },
  {
    path: 'queues/:vhost/:queue',
    lazy: async () => ({ Component: (await import('./pages/queue/queue-page')).QueuePage }),
  },
  {
    path: 'topology',
    lazy: async () => ({ Component: (await import('./pages/topology/topology-page')).TopologyPage }),
  },
  {
    path: 'explain',
    lazy: async () => ({ Component: (await import('./pages/explain/explain-page')).ExplainPage }),
  },
  { path: 'users', lazy: async () => ({ Component: (await import('./pages/users/users-page')).UsersPage }) },
  {
    path: 'users/:user',
    lazy: async () => ({ Component: (await import('./pages/users/user-page')).UserPage }),
  },
  {
    path: 'vhosts',
    lazy: async () => ({ Component: (await import('./pages/vhosts/vhosts-page')).VhostsPage }),
  },
  {
    path: 'vhosts/:vhost',
    lazy: async () => ({ Component: (await import('./pages/vhosts/vhost-page')).VhostPage }),
  },
  {
    path: 'policies',
    lazy: async () => ({ Component: (await import('./pages/policies/policies-page')).PoliciesPage }),
  },
  {
    path: 'limits',
    lazy: async () => ({ Component: (await import('./pages/limits/limits-page')).LimitsPage }),
  },
  { path: '*', Component: LostPage },
]

export const router = createBrowserRouter([
  {
    path: '/',
    Component: Layout,
    HydrateFallback: () => null,
    children: [{ ErrorBoundary: PageFailure, children: pages }],
  },
])
