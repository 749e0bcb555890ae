/** What administrators say of a virtual host, in RabbitMQ's words and as it is kept. */
import { isQueueType } from '../queues/arguments'
import type { VhostRecord } from '../store/access-records'
import { SettingRefused } from './setting-refused'

export interface VhostMetadata {
  readonly description: string
  readonly tags: readonly string[]
  /** The type of queues that are declared without one; undefined: classic. */
  readonly defaultQueueType: string | undefined
  /** It cannot be deleted. */
  readonly isProtected: boolean
}

export const NO_METADATA: VhostMetadata = {
  description: '',
  tags: [],
  defaultQueueType: undefined,
  isProtected: false,
}

/** As PUT /api/vhosts and definitions have it: nothing of it is believed. */
export interface VhostTerms {
  readonly description?: unknown
  /** An array, or a text with commas. */
  readonly tags?: unknown
  readonly default_queue_type?: unknown
  readonly protected_from_deletion?: unknown
}

/**
 * What is not said of a virtual host that is there: description and tags go, default queue type and protection stay
 * (RabbitMQ). @throws SettingRefused
 */
export function checkedMetadata(terms: VhostTerms, before: VhostMetadata = NO_METADATA): VhostMetadata {
  const { description, tags, default_queue_type: type, protected_from_deletion: isProtected } = terms
  return {
    description: typeof description === 'string' ? description : '',
    tags: vhostTags(tags),
    defaultQueueType: checkedType(type) ?? before.defaultQueueType,
    isProtected: typeof isProtected === 'boolean' ? isProtected : before.isProtected,
  }
}

export function vhostRecord(name: string, metadata: VhostMetadata): VhostRecord {
  const { description, tags, defaultQueueType = null, isProtected } = metadata
  return { name, description, tags: JSON.stringify(tags), defaultQueueType, isProtected }
}

export function metadataOf({ description, tags, defaultQueueType, isProtected }: VhostRecord): VhostMetadata {
  return { description, tags: JSON.parse(tags), defaultQueueType: defaultQueueType ?? undefined, isProtected }
}

function vhostTags(tags: unknown): string[] {
  const list = typeof tags === 'string' ? tags.split(',') : Array.isArray(tags) ? tags : []
  const texts = list.filter(tag => typeof tag === 'string').map(tag => tag.trim())
  return [...new Set(texts.filter(tag => tag !== ''))]
}

/** RabbitMQ prints an unset type as `undefined`, and takes its own exports back. */
function checkedType(type: unknown): string | undefined {
  if (type === undefined || type === null || type === '' || type === 'undefined') return undefined
  if (typeof type === 'string' && isQueueType(type)) return type
  throw new SettingRefused('invalid_queue_type', `the default queue type ${JSON.stringify(type)} is unknown`)
}
