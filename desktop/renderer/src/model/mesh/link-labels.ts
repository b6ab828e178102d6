import { type Layout, pointOnLink } from './layout.ts'
import { linkKinds, type MeshLink } from './mesh.ts'

export interface LinkLabel {
  readonly link: MeshLink
  readonly text: string
  /** Middle of the text, pixels. */
  readonly x: number
  readonly y: number
}

/** Room that a text takes, pixels: about 6.5 for a character, and a line. */
const characterWidth = 6.8
const lineHeight = 17

/** Places along a link at which its label may stand, the best first. */
const shares = {
  all: [0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73],
  /** From a member in focus: near the other end, where its links are apart. */
  focus: [0.7, 0.62, 0.78, 0.54, 0.46, 0.84],
} as const

/**
 * Round trips beside their links, none over another: the links that are worst choose first, and who finds no free place has no label.
 * @param focus member from whose side places are counted
 */
export function placeLabels(
  links: readonly MeshLink[],
  { places, middles }: Layout,
  focus: string | undefined,
  textOf: (link: MeshLink) => string,
): readonly LinkLabel[] {
  const placed: LinkLabel[] = []
  const byUrgency = links.toSorted((x, y) => linkKinds.indexOf(x.kind) - linkKinds.indexOf(y.kind))
  for (const link of byUrgency) {
    const [start, end] = link.b.id === focus ? [link.b, link.a] : [link.a, link.b]
    const from = places.get(start.id)
    const to = places.get(end.id)
    const middle = middles.get(start.id)
    if (from === undefined || to === undefined || middle === undefined) continue
    const text = textOf(link)
    const free = shares[focus === undefined ? 'all' : 'focus']
      .map((share) => ({ link, text, ...pointOnLink(from, to, middle, share) }))
      .find((label) => placed.every((other) => !overlap(label, other)))
    if (free !== undefined) placed.push(free)
  }
  return placed
}

function overlap(a: LinkLabel, b: LinkLabel): boolean {
  const width = ((a.text.length + b.text.length) / 2) * characterWidth
  return Math.abs(a.x - b.x) < width && Math.abs(a.y - b.y) < lineHeight
}
