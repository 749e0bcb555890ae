/** The public API. Nothing else is public. */
export { OptionError } from './config/load'
export type { BrokerOptions } from './config/options'
export type {
  AccessAdministration,
  ListedUser,
  ListedVhost,
  PermissionPatterns,
  TopicPatterns,
  UserSetting,
  VhostSetting,
} from './embed/access-administration'
export type { Administration, ApplyTo, Limits, Policy, PolicySetting } from './embed/administration'
export { createBroker, type EmbeddedBroker } from './embed/embedded-broker'
