/** What brought down those who speak HTTP. */
import { type Regression, regression } from './regression'

export const httpRegressions: readonly Regression[] = [
  regression(
    'websocket',
    'what is no place for a WebSocket is asked for one, and more is sent (the socket stayed for ever)',
    [
      'GET /else HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
      'x'.repeat(100_000),
    ],
  ),
]
