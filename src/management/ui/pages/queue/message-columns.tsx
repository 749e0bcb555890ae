/** The columns of a queue's messages. Those that are out also tell with whom, and for how long. */
import { Link } from 'react-router'
import { route } from '../../api/client'
import type { PeekedMessage } from '../../api/message-types'
import type { Column } from '../../components/data-table'
import { LongName } from '../../components/long-name'
import { State } from '../../components/state'
import { bytes, count, duration } from '../../format/numbers'
import { previewOf } from '../../format/payload'

export function columnsFor(
  state: string,
  open: (message: PeekedMessage) => void,
): readonly Column<PeekedMessage>[] {
  return [
    {
      id: 'position',
      header: 'Position',
      isNumber: true,
      render: message => (
        <button
          type="button"
          className="link-button"
          aria-label={`Open message ${message.position}`}
          onClick={() => open(message)}
        >
          {count(message.position)}
        </button>
      ),
    },
    ...(state === 'ready' ? [] : holderColumns),
    {
      id: 'exchange',
      header: 'Exchange',
      isWide: true,
      render: ({ exchange }) =>
        exchange === '' ? <span className="quiet">(default)</span> : <LongName name={exchange} />,
    },
    {
      id: 'key',
      header: 'Routing key',
      render: message => <LongName name={message.routing_key} isMono />,
    },
    {
      id: 'redelivered',
      header: 'Redelivered',
      isWide: true,
      render: message => (message.redelivered ? 'yes' : ''),
    },
    { id: 'size', header: 'Size', isNumber: true, render: message => bytes(message.payload_bytes) },
    {
      id: 'payload',
      header: 'Payload',
      wraps: true,
      render: message => <span className="mono preview">{previewOf(message)}</span>,
    },
  ]
}

const holderColumns: readonly Column<PeekedMessage>[] = [
  { id: 'state', header: 'State', render: message => <State value={message.state} /> },
  {
    id: 'consumer',
    header: 'Consumer and channel',
    render: ({ consumer_tag: tag, channel }) => (
      <>
        {tag !== undefined && <LongName name={tag} isMono />}
        {channel !== undefined && tag === undefined && <span className="quiet">by basic.get</span>}
        {channel !== undefined && (
          <div>
            <Link className="name-link" to={route('channels', channel)}>
              {channel}
            </Link>
          </div>
        )}
      </>
    ),
  },
  {
    id: 'age',
    header: 'Out for',
    isNumber: true,
    render: ({ unacked_for_ms: age }) => (age === undefined ? '' : duration(age)),
  },
]
