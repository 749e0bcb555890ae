/** The constants of AMQP 0-9-1 framing (section 2.3.5 "frame details"). */

export const FrameType = { method: 1, header: 2, body: 3, heartbeat: 8 } as const

export const FRAME_END = 0xce

/** Type, channel, size and the end octet. */
export const FRAME_OVERHEAD = 8

/** The smallest frame_max a peer may ask for (`frame-min-size`). */
export const FRAME_MIN_SIZE = 4096
