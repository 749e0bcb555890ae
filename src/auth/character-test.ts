/** What one atom of a pattern matches: a class, an escape or a character, asked of one code unit. */

export function characterTest(atom: string, flags: string): (code: number) => boolean {
  if (atom.length === 1 && atom !== '.' && flags === '') {
    const only = atom.charCodeAt(0)
    return code => code === only
  }
  return remembering(new RegExp(`^(?:${atom})$`, flags))
}

const ASCII = 128

/** A name is looked at thousands of times, and mostly ASCII. */
function remembering(test: RegExp): (code: number) => boolean {
  const known: (boolean | undefined)[] = new Array(ASCII).fill(undefined)
  return code => {
    if (code >= ASCII) return test.test(String.fromCharCode(code))
    known[code] ??= test.test(String.fromCharCode(code))
    return known[code]
  }
}
