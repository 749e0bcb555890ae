/** All that was found. */
import { amqpRegressions } from './amqp'
import { databaseRegressions } from './database'
import { fileRegressions } from './files'
import { httpRegressions } from './http'
import type { Regression } from './regression'

export const regressions: readonly Regression[] = [
  ...amqpRegressions,
  ...databaseRegressions,
  ...fileRegressions,
  ...httpRegressions,
]
