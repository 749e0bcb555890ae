/** A state as a word with a coloured dot; the colour never says more than the word. */

const colors: Readonly<Record<string, string>> = {
  running: '#3f9b60',
  up: '#3f9b60',
  single_active: '#3f9b60',
  live: '#3f9b60',
  idle: '#8a8f99',
  waiting: '#8a8f99',
  ready: '#d38b2c',
  unacked: '#4688c9',
  delayed: '#8a8f99',
  flow: '#d38b2c',
  blocked: '#d38b2c',
  blocking: '#d38b2c',
  paused: '#d38b2c',
  connecting: '#d38b2c',
}

export function State({ value }: { readonly value: string | undefined }) {
  if (value === undefined || value === '') return <span className="quiet">–</span>
  return (
    <span>
      <Dot color={colors[value] ?? '#cb4b4b'} />
      {value.replaceAll('_', ' ')}
    </span>
  )
}

export function Dot({ color }: { readonly color: string }) {
  return <span className="dot" style={{ background: color }} aria-hidden="true" />
}
