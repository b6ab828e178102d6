import type { LinkKind, MeshLink } from '../../model/mesh/mesh.ts'

/** Names of the kinds of links, for the legend. */
export const linkKindLabels: Readonly<Record<LinkKind, string>> = {
  quick: 'under 20 ms',
  slow: '20 to 100 ms',
  far: 'over 100 ms',
  lossy: 'loses 5 % or more',
  oneSided: 'named by one side only',
  silent: 'both ends are silent',
}

/** What is odd about a link; undefined when nothing is. */
export function linkWords({ kind }: MeshLink): string | undefined {
  return kind === 'oneSided' || kind === 'silent' ? linkKindLabels[kind] : undefined
}
