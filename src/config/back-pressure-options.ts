/** The part of the option table that says when publishers must wait. */
import type { OptionSpec } from './option-spec'

export const backPressureOptionTable = {
  vmMemoryHighWatermark: {
    type: 'amount',
    group: 'Back-pressure',
    default: '0.6',
    embeddedDefault: 'off',
    description:
      'How much memory the broker may use before publishers wait (RabbitMQ: vm_memory_high_watermark). A part is one of what the machine or its container has. In the process of an embedded broker most memory may be somebody else’s, so nothing is assumed there.',
  },
  diskFreeLimit: {
    type: 'amount',
    group: 'Back-pressure',
    default: '50MB',
    description:
      'How much of the data folder’s disk must stay free: with less, publishers wait (RabbitMQ: disk_free_limit). A part is one of the memory, as with RabbitMQ.',
  },
} as const satisfies Record<string, OptionSpec>
