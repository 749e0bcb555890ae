/** What a segment knows of an entry in one number: how long its address is, and these. */

/** Address lengths are at most 2 × 256, so the flags sit above them in the same number. */
export const ADDRESS_MASK = 0xffff
export const SETTLED = 1 << 16
export const REDELIVERED = 1 << 17
export const PERSISTENT = 1 << 18
export const SHARED = 1 << 19
/** Out with a consumer, in lists that must know it of each entry. */
export const OUT = 1 << 20
/** Two bits: the message's marks. */
export const MARKS_SHIFT = 21
export const MARKS_MASK = 3
/** It came back and waits, in lists that keep apart what was never taken. */
export const RETURNED = 1 << 23
