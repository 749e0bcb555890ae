import { amqplib } from './amqplib'
import { describeScenarios } from './scenarios'

describeScenarios(amqplib)
