/** What brought down those who read files: recordings, options, definitions. */
import { type Regression, regression } from './regression'

const HEAD = '{"format":"leveret-recording","version":1}'
const frame = (from: string, channel: number, name: string, payload: string): string =>
  JSON.stringify({ at: 0, connection: 1, event: 'frame', from, channel, frame: name, payload })
const OPEN_OK = frame('broker', 0, 'connection.open-ok', 'AAoAKQA=')

const DEEP = 100_000

export const fileRegressions: readonly Regression[] = [
  regression('options', 'a config file is no JSON near the password (it was told)', [
    '{ "defaultPass": xyzzy }',
  ]),
  regression('options', 'a config file is no JSON near the end of a line (the complaint had two)', [
    '{\n"":\n:',
  ]),
  regression('definitions', 'a file is no JSON near the end of a line (the complaint had two)', [
    '{"":\n:\n',
  ]),
  regression(
    'definitions',
    'arguments are lists in lists in lists (the stack was too small, and the file not named)',
    [
      `{"queues":[{"vhost":"/","name":"q","durable":true,"auto_delete":false,"arguments":{"k":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}}]}`,
    ],
  ),
  regression('recording', 'what a client said to be let in is cut short (a stack trace)', [
    HEAD,
    frame('client', 0, 'connection.start-ok', 'x5'),
  ]),
  regression('recording', 'a reply that names things is cut short (a stack trace)', [
    HEAD,
    OPEN_OK,
    frame('client', 1, 'channel.open', 'ABQACgA='),
    frame('broker', 1, 'channel.open-ok', 'ABQACwAAAAA='),
    frame('client', 1, 'queue.declare', 'ADIACgAAAAAAAAAA'),
    frame('broker', 1, 'queue.declare-ok', 'ADIACw=='),
  ]),
  regression('recording', 'a close that was recorded is cut short (a stack trace)', [
    HEAD,
    OPEN_OK,
    frame('client', 1, 'channel.open', 'ABQACgA='),
    frame('broker', 1, 'channel.close', 'ABQ='),
  ]),
]
