/** A name that may be up to 255 bytes long: cut where a table would burst, whole as a hint. */

interface Props {
  readonly name: string
  readonly isMono?: boolean
}

export function LongName({ name, isMono = false }: Props) {
  return (
    <span className={isMono ? 'mono long-name' : 'long-name'} title={name}>
      {name}
    </span>
  )
}
