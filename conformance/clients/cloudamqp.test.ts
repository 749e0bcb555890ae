import { cloudamqp } from './cloudamqp'
import { describeScenarios } from './scenarios'

describeScenarios(cloudamqp)
