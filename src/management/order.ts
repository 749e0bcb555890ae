/** The order of names in lists: by code units, whatever the language. */

export function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareTexts(a.name, b.name)
}
