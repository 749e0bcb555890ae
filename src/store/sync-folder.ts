/**
 * Makes the names in a folder outlive a power cut: an fsync of a file does not promise that anyone finds it again. Where
 * folders cannot be synced (Windows), the system does so by itself.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs'

export function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // no permission, or no such thing here
  }
}
