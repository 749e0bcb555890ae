/** The look: a blue dusk for what can be clicked, warm greys around it, small type with figures that line up. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const dusk: MantineColorsTuple = [
  '#eaf2f8',
  '#d3e2ee',
  '#a7c5dd',
  '#79a7cb',
  '#538dbb',
  '#3877aa',
  '#2d6a9c',
  '#245a86',
  '#1d4c72',
  '#143a59',
]

const dark: MantineColorsTuple = [
  '#d9dbe0',
  '#b4b8c1',
  '#969ca8',
  '#6a717e',
  '#434a56',
  '#333944',
  '#262b34',
  '#1b1f26',
  '#15181e',
  '#0f1115',
]

const sans =
  'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
const mono = 'ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'

export const theme = createTheme({
  primaryColor: 'dusk',
  primaryShade: { light: 6, dark: 5 },
  colors: { dusk, dark },
  fontFamily: sans,
  fontFamilyMonospace: mono,
  defaultRadius: 'md',
  cursorType: 'pointer',
  headings: { fontFamily: sans, fontWeight: '600' },
  components: {
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    ModalHeader: { defaultProps: { role: 'presentation' } }, // or it would be a second banner of the page
    Modal: { defaultProps: { centered: false, closeButtonProps: { 'aria-label': 'Close' } } },
  },
})

/** What the library greys out more than can be read well. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c616b',
    '--mantine-color-placeholder': '#6b717c',
    '--mantine-color-green-light-color': '#237032',
    '--mantine-color-orange-light-color': '#a83708',
  },
  dark: { '--mantine-color-dimmed': '#9ca3af', '--mantine-color-placeholder': '#959ca8' },
})

/** One colour per meaning, the same on every page; each stands out on both backgrounds. */
export const series = {
  ready: '#d38b2c',
  unacked: '#4688c9',
  total: '#8a8f99',
  publish: '#cf6d33',
  confirm: '#2b9a94',
  deliver: '#4688c9',
  ack: '#3f9b60',
  redeliver: '#b3589a',
  get: '#8672cf',
  returned: '#cb4b4b',
  received: '#cf6d33',
  sent: '#4688c9',
  created: '#3f9b60',
  closed: '#cb4b4b',
} as const
