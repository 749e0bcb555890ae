/** `leveret/testing`: the public API of the test broker. Nothing else of it is public. */

export { DefinitionsRefused } from '../broker/definitions-import'
export { OptionError } from '../config/load'
export type { Administration } from '../embed/administration'
export type { Duration } from './duration'
export { LeakReport, LeaksFound, type LeftChannel, type LeftConnection, type LeftQueue } from './leaks'
export type { TopologySnapshot } from './reset'
export { type ResetOptions, type StopOptions, TestBroker } from './test-broker'
export type { AdvanceOptions } from './test-clock'
export type { TestBrokerOptions } from './test-options'
export type { TestVhost } from './test-vhost'
