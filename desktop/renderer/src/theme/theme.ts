import {
  createTheme,
  type CSSVariablesResolver,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core'

const tuple = (...names: readonly string[]): MantineColorsTuple =>
  names.map((name) => `var(--${name})`) as unknown as MantineColorsTuple

const accent = tuple(...Array.from({ length: 10 }, () => 'accent'))
/** Mantine's own greys, from text to ground in the dark and from ground to text in the light, in this product's tones. */
const dark = tuple('text', 'text-2', 'text-2', 'text-3', 'line', 'active', 'raised', 'surface', 'bg', 'bg')
const gray = tuple('surface', 'active', 'active', 'line', 'line-strong', 'text-3', 'text-2', 'text-2', 'text', 'text')

/** Mantine with this product's measures. Its colours all come from `tokens.css`, so that a theme is one attribute. */
export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  primaryColor: 'accent',
  colors: { accent, dark, gray },
  white: 'var(--surface)',
  black: 'var(--text)',
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '4px', md: 'var(--radius)', lg: '8px', xl: '12px' },
  fontSizes: {
    xs: 'var(--size-small)',
    sm: 'var(--size-text)',
    md: 'var(--size-strong)',
    lg: 'var(--size-lead)',
    xl: 'var(--size-title)',
  },
  shadows: { xs: 'none', sm: 'none', md: 'var(--shadow)', lg: 'var(--shadow)', xl: 'var(--shadow)' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  variantColorResolver: (input) => ({
    ...defaultVariantColorsResolver(input),
    ...(input.variant === 'filled'
      ? { background: 'var(--accent)', hover: 'var(--accent-hover)', color: 'var(--on-accent)', border: 'none' }
      : {}),
    ...(input.variant === 'subtle'
      ? { background: 'transparent', hover: 'var(--active)', color: 'var(--text-2)', border: 'none' }
      : {}),
  }),
  components: {
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false, transitionProps: { duration: 80 } } },
    Modal: { defaultProps: { transitionProps: { duration: 80 }, overlayProps: { backgroundOpacity: 0.45 } } },
    // Inside the header the menus belong to a landmark.
    Menu: {
      defaultProps: { transitionProps: { duration: 60 }, withInitialFocusPlaceholder: false, withinPortal: false },
    },
    Popover: { defaultProps: { withinPortal: false } },
  },
})

const shared = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-bright': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-2)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--fail)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--active)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-disabled': 'var(--active)',
  '--mantine-color-disabled-color': 'var(--text-3)',
  '--mantine-color-disabled-border': 'var(--line)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
  '--mantine-primary-color-light': 'var(--accent-soft)',
  '--mantine-primary-color-light-hover': 'var(--accent-soft)',
  '--mantine-primary-color-light-color': 'var(--accent)',
} as const

export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared })
