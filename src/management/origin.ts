/** Whether a browser says that a request comes from another site. Programs do not say. */
export function isForeign(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return false
  try {
    return new URL(origin).host !== host?.toLowerCase()
  } catch {
    return true // `null`, say: a sandboxed frame
  }
}
