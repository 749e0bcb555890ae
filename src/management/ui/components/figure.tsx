/** A figure in a table. Zero and unknown are grey, so that the eye finds what is busy. */

interface Props {
  readonly value: number | null | undefined
  readonly format: (value: number | null | undefined) => string
}

export function Figure({ value, format }: Props) {
  const isQuiet = value === 0 || value === undefined || value === null
  return isQuiet ? <span className="zero">{format(value)}</span> : format(value)
}
