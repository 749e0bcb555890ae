/** `/api/nodes`: there is one. */
import { NODE_NAME } from '../../broker/names'
import { historyQuery } from '../../metrics/history-query'
import { type Endpoint, endpoint } from '../api'
import { historyQueryForm } from '../history-query-form'
import type { Management } from '../management'
import { ofNode } from '../parameters'
import { objectNotFound } from '../problems'
import { memoryView, nodeView } from '../views/node'

const TAG = 'Cluster'

export function nodeEndpoints(management: Management): Endpoint[] {
  return [...readingEndpoints(management), ...memoryEndpoints()]
}

function readingEndpoints(management: Management): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/nodes',
      who: 'monitoring',
      tag: TAG,
      summary: 'The nodes: there is one',
      gives: [{ name: NODE_NAME, type: 'disc', running: true, mem_used: 104857600 }],
      forms: { query: historyQueryForm },
      handle: ({ query }) => [nodeView(management, historyQuery(query))],
    }),
    endpoint({
      method: 'GET',
      path: '/nodes/:node',
      who: 'monitoring',
      tag: TAG,
      summary: 'The node',
      forms: { params: ofNode, query: historyQueryForm },
      gives: { name: NODE_NAME, type: 'disc', running: true, mem_used: 104857600 },
      handle: ({ params, query }) => {
        requireNode(params.node)
        return nodeView(management, historyQuery(query))
      },
    }),
  ]
}

function memoryEndpoints(): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/nodes/:node/memory',
      who: 'monitoring',
      tag: TAG,
      summary: 'What the memory of the process is for; bytes',
      forms: { params: ofNode },
      gives: { memory: { heap: 20971520, strategy: 'allocated', total: { rss: 104857600 } } },
      handle: ({ params }) => {
        requireNode(params.node)
        const memory = memoryView()
        const allocated = sum(memory) - (memory['allocated_unused'] ?? 0) - (memory['other_system'] ?? 0)
        const total = { erlang: allocated, rss: sum(memory), allocated }
        return { memory: { ...memory, strategy: 'allocated', total } }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/nodes/:node/memory/relative',
      who: 'monitoring',
      tag: TAG,
      summary: 'The same in per cent of the whole',
      forms: { params: ofNode },
      gives: { memory: { total: 100, heap: 20 } },
      handle: ({ params }) => {
        requireNode(params.node)
        const memory = memoryView()
        const whole = sum(memory)
        const relative = Object.entries(memory).map(([part, bytes]) => [
          part,
          Math.ceil((bytes / whole) * 100),
        ])
        return { memory: { total: 100, ...Object.fromEntries(relative) } }
      },
    }),
  ]
}

/** @throws Problem 404 */
export function requireNode(name: string): void {
  if (name !== NODE_NAME) throw objectNotFound()
}

function sum(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((a, b) => a + b, 0)
}
