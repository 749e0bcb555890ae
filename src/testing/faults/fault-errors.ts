/** What faults may close connections and channels with, by reply code. */
import {
  AccessRefused,
  ConnectionForced,
  ContentTooLarge,
  InternalError,
  NotAllowed,
  NotFound,
  PreconditionFailed,
  ResourceError,
  ResourceLocked,
} from '../../amqp/errors'
import type { FaultOptions } from './fault'
import type { FaultyChannel, FaultyConnection } from './victims'

export const CONNECTION_ERRORS = { 320: ConnectionForced, 506: ResourceError, 541: InternalError } as const
export const OPENING_ERRORS = { ...CONNECTION_ERRORS, 530: NotAllowed } as const
export const CHANNEL_ERRORS = {
  311: ContentTooLarge,
  403: AccessRefused,
  404: NotFound,
  405: ResourceLocked,
  406: PreconditionFailed,
} as const

export interface CloseConnections extends FaultOptions<FaultyConnection> {
  /** Default 320, connection-forced. */
  readonly code?: keyof typeof CONNECTION_ERRORS
  readonly text?: string
}

export interface RefuseOpening extends FaultOptions<FaultyConnection> {
  /** Default 530, not-allowed: what a virtual host that is gone or full answers with. */
  readonly code?: keyof typeof OPENING_ERRORS
  readonly text?: string
}

export interface CloseChannels extends FaultOptions<FaultyChannel> {
  /** Default 406, precondition-failed. */
  readonly code?: keyof typeof CHANNEL_ERRORS
  readonly text?: string
}

/** Unless a test says another. */
export const TEXT = 'a fault of the test'
