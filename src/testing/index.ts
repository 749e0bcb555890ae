/** `leveret/testing`: the public API of the test broker. Nothing else of it is public. */
export { DefinitionsRefused } from '../broker/definitions-import'
export { OptionError } from '../config/load'
export type { Administration } from '../embed/administration'
export type { DueConfirm } from './confirm-faults'
export type { Duration } from './duration'
export { type BrokerExpectations, brokerExpectations, type QueuedPattern } from './expectations'
export type { Fault, FaultOptions } from './fault'
export type {
  CloseChannels,
  CloseConnections,
  FaultyChannel,
  FaultyConnection,
  FaultyConsumer,
} from './faults'
export type { JournalBounds } from './journal'
export type { Journey, JourneyStep, StepKind } from './journey'
export { LeakReport, LeaksFound, type LeftChannel, type LeftConnection, type LeftQueue } from './leaks'
export type { RestartOptions } from './lives'
export type { MessageMatcher, MessagePattern } from './matcher'
export { WaitedInVain, type WaitOptions } from './patience'
export type { PublishedMessage } from './published-message'
export type { QueuedMessage, QueueView, SeenConsumer } from './queue-view'
export type { TopologySnapshot } from './reset'
export type { SeenMessage, SeenProperties } from './seen-message'
export type { StrictRuleName } from './strict/rules'
export type { StrictOptions } from './strict/strict-options'
export type { Violation, ViolationMatcher, ViolationPattern } from './strict/violation'
export { type Allowance, StrictViolated } from './strict/violations'
export { type ResetOptions, type StopOptions, TestBroker } from './test-broker'
export type { AdvanceOptions } from './test-clock'
export type { TestBrokerOptions } from './test-options'
export type { TestVhost } from './test-vhost'
