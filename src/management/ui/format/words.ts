/** English, as far as it is needed. */

/** `counted(1, 'policies')` is "policy", `counted(2, 'policies')` "policies". */
export function counted(count: number, plural: string): string {
  return count === 1 ? plural.replace(/ies$/, 'y').replace(/s$/, '') : plural
}
