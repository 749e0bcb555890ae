/** All that was found. */
import { amqpRegressions } from './amqp'
import { databaseRegressions } from './database'
import type { Regression } from './regression'

export const regressions: readonly Regression[] = [...amqpRegressions, ...databaseRegressions]
