import { createSpotlight } from '@mantine/spotlight'

/** The palette's own open state, kept by Mantine; one palette a page. */
export const [paletteStore, { open: openPalette, close: closePalette }] = createSpotlight()
