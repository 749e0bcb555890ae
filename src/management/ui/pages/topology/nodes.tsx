/** Exchanges and queues in the picture: their names lead to their pages. */
import { Handle, type NodeProps, Position } from '@xyflow/react'
import { Link } from 'react-router'
import { route } from '../../api/client'
import type { TopologyExchange, TopologyQueue } from '../../api/message-types'
import { compact, count, rate } from '../../format/numbers'

export interface ExchangeNodeData extends Record<string, unknown> {
  readonly exchange: TopologyExchange
  readonly vhost: string
}

export interface QueueNodeData extends Record<string, unknown> {
  readonly queue: TopologyQueue
  readonly vhost: string
}

export function ExchangeNode({ data }: NodeProps) {
  const { exchange, vhost } = data as ExchangeNodeData
  const { name, type, publish_in_rate: comingIn } = exchange
  return (
    <div className="node node-exchange">
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Link
        className="name-link node-name"
        to={route('exchanges', vhost, name || 'amq.default')}
        title={name}
      >
        {name === '' ? '(default exchange)' : name}
      </Link>
      <div className="quiet node-figures">{`${type}${comingIn ? ` · ${rate(comingIn)}` : ''}`}</div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
}

export function QueueNode({ data }: NodeProps) {
  const { queue, vhost } = data as QueueNodeData
  const { name, messages, consumers, deliver_rate: goingOut } = queue
  const figures = [
    `${compact(messages)} messages`,
    consumers === 0 ? 'no consumer' : `${count(consumers)} ${consumers === 1 ? 'consumer' : 'consumers'}`,
    ...(goingOut ? [rate(goingOut)] : []),
  ]
  return (
    <div className="node node-queue">
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Link className="name-link node-name" to={route('queues', vhost, name)} title={name}>
        {name}
      </Link>
      <div className="quiet node-figures">{figures.join(' · ')}</div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
}
