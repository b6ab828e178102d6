import { formatMs, formatRatio } from '../../model/format.ts'
import type { MatrixCell } from '../../model/mesh/matrix.ts'
import type { MeshMember } from '../../model/mesh/mesh.ts'
import { linkWords } from './link-words.ts'

/** A cell of the matrix in words. */
export function cellWords(from: MeshMember, to: MeshMember, cell: MatrixCell | undefined): string {
  if (from === to) return `${from.name} itself`
  if (cell === undefined) return `${from.name} and ${to.name} are not linked`
  const { link, rttMs, borrowed } = cell
  const parts = [
    rttMs === undefined ? 'not measured yet' : formatMs(rttMs),
    ...(borrowed ? [`as ${to.name} measured it`] : []),
    ...(link.lossRatio === undefined ? [] : [`${formatRatio(link.lossRatio)} lost`]),
    linkWords(link),
  ]
  return `${from.name} to ${to.name}: ${parts.filter((part) => part !== undefined).join(', ')}`
}
