/** Exchanges and queues in the picture: their names lead to their pages, and each can be made the centre. */
import { IconFocusCentered } from '@tabler/icons-react'
import { Handle, type NodeProps, Position } from '@xyflow/react'
import { memo, type ReactNode } from 'react'
import { Link } from 'react-router'
import { query, route } from '../../api/client'
import type { TopologyExchange, TopologyQueue } from '../../api/message-types'
import { DEFAULT_EXCHANGE } from '../../components/name-field'
import { compact, plural, rate } from '../../format/numbers'
import type { NodeKind } from './ways'

interface Drawn extends Record<string, unknown> {
  readonly vhost: string
  readonly isCentre: boolean
}

export interface ExchangeNodeData extends Drawn {
  readonly exchange: TopologyExchange
}

export interface QueueNodeData extends Drawn {
  readonly queue: TopologyQueue
}

function Exchange({ data }: NodeProps) {
  const { exchange, ...drawn } = data as ExchangeNodeData
  const { name, type, publish_in_rate: comingIn } = exchange
  return (
    <NodeBox kind="exchange" name={name} drawn={drawn as Drawn}>
      <div>{`${type} exchange`}</div>
      <div>{comingIn > 0 ? `${rate(comingIn)} in` : 'at rest'}</div>
    </NodeBox>
  )
}

function Queue({ data }: NodeProps) {
  const { queue, ...drawn } = data as QueueNodeData
  const { name, messages, consumers, deliver_rate: goingOut } = queue
  const takers = consumers === 0 ? 'no consumer' : plural(consumers, 'consumer')
  return (
    <NodeBox kind="queue" name={name} drawn={drawn as Drawn}>
      <div>{`${compact(messages)} ${messages === 1 ? 'message' : 'messages'}`}</div>
      <div>{goingOut > 0 ? `${takers} · ${rate(goingOut)} out` : takers}</div>
    </NodeBox>
  )
}

/** Hundreds of them are drawn: only those change that have something new to tell. */
export const ExchangeNode = memo(Exchange, (old, now) => old.data === now.data)
export const QueueNode = memo(Queue, (old, now) => old.data === now.data)

interface BoxProps {
  readonly kind: NodeKind
  readonly name: string
  readonly drawn: Drawn
  readonly children: ReactNode
}

function NodeBox({ kind, name, drawn: { vhost, isCentre }, children }: BoxProps) {
  const shown = name === '' ? '(default exchange)' : name
  const inPath = name === '' ? DEFAULT_EXCHANGE : name
  return (
    <div className={`node node-${kind}${isCentre ? ' node-centre' : ''}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Link className="name-link node-name" to={route(`${kind}s`, vhost, inPath)} title={name}>
        {shown}
      </Link>
      <div className="quiet node-figures">{children}</div>
      {!isCentre && (
        <Link
          className="node-focus quiet"
          to={query('/topology', { vhost, [kind]: inPath })}
          aria-label={`Look around ${kind} ${shown}`}
          title="Look around this one"
        >
          <IconFocusCentered size={15} aria-hidden="true" />
        </Link>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
}
