import { amqplibCallback } from './amqplib-callback'
import { describeScenarios } from './scenarios'

describeScenarios(amqplibCallback)
