/** What brought a broker down with its data folder, or was refused and written to all the same. */
import { type Regression, regression } from './regression'

const damaged = (sentence: string, ...edits: string[]): Regression =>
  regression(
    'database',
    sentence,
    edits.map(edit => `sql ${edit}`),
  )

export const databaseRegressions: readonly Regression[] = [
  damaged('the file says that it is new and is not (it was written to)', 'PRAGMA user_version = 0'),
  damaged('the file says that it is older than it is (it was migrated halfway)', 'PRAGMA user_version = 2'),
  damaged('a table is missing (refused without a word why)', 'DROP TABLE run'),
  damaged(
    'what is wrong comes to light after something new was made (it hung)',
    "UPDATE policy SET vhost = 'another'",
    "UPDATE exchange SET type = 'x-unheard-of'",
  ),
  damaged('arguments are a number (a stack trace)', 'UPDATE queue SET arguments = 1'),
  damaged('a definition is no JSON (a stack trace)', "UPDATE policy SET definition = '['"),
  damaged(
    'an exchange is of a type there is not (the file was not named)',
    "UPDATE exchange SET type = 'x-unheard-of'",
  ),
  damaged(
    'properties of messages have flags that there are not (the broker ended when it came to them)',
    "UPDATE run SET data = unhex(replace(hex(data), '3100', '3102'))",
  ),
  damaged(
    'messages are longer than what there is of them (the broker ended)',
    'UPDATE run SET data = substr(data, 1, 100)',
  ),
]
