/** `leveret/testing`: the public API of the test broker. Nothing else of it is public. */
export { OptionError } from '../config/load'
export type { Administration } from '../embed/administration'
export type { Duration } from './duration'
export { TestBroker } from './test-broker'
export type { AdvanceOptions } from './test-clock'
export type { TestBrokerOptions } from './test-options'
