/** All that was found. */
import { amqpRegressions } from './amqp'
import type { Regression } from './regression'

export const regressions: readonly Regression[] = [...amqpRegressions]
