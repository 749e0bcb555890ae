import { rabbitmqClient } from './rabbitmq-client'
import { describeScenarios } from './scenarios'

describeScenarios(rabbitmqClient)
