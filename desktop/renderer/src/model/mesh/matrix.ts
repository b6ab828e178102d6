import { compareNames, stateRank } from '../state.ts'
import type { Mesh, MeshLink, MeshMember } from './mesh.ts'

export const matrixOrders = ['name', 'slowest', 'links', 'state'] as const
export type MatrixOrder = (typeof matrixOrders)[number]

export const matrixOrderLabels: Readonly<Record<MatrixOrder, string>> = {
  name: 'By name',
  slowest: 'Slowest first',
  links: 'Fewest links first',
  state: 'Worst state first',
}

/** Upper limits of the steps of the colour scale but the last, ms. */
export const scaleLimitsMs = [2, 10, 50, 200] as const

/** Step of the colour scale, 0 to 4; undefined: not measured. */
export function scaleStep(rttMs: number | undefined): number | undefined {
  if (rttMs === undefined) return undefined
  const step = scaleLimitsMs.findIndex((limit) => rttMs < limit)
  return step === -1 ? scaleLimitsMs.length : step
}

export interface MatrixCell {
  readonly link: MeshLink
  /** As the row's member measured it; as the other one did where it did not. */
  readonly rttMs: number | undefined
  /** The row's member did not measure it itself. */
  readonly borrowed: boolean
}

export interface Matrix {
  /** Rows and columns alike. */
  readonly order: readonly MeshMember[]
  /** Undefined: the two are not linked. */
  readonly cell: (row: string, column: string) => MatrixCell | undefined
}

export function matrixOf(mesh: Mesh, order: MatrixOrder): Matrix {
  const byEnds = new Map(mesh.links.map((link) => [`${link.a.id} ${link.b.id}`, link]))
  return {
    order: mesh.members.toSorted(comparator(mesh, order)),
    cell(row, column) {
      const ahead = byEnds.get(`${row} ${column}`)
      const link = ahead ?? byEnds.get(`${column} ${row}`)
      if (link === undefined) return undefined
      const own = ahead === undefined ? link.fromB : link.fromA
      return { link, rttMs: own ?? link.rttMs, borrowed: own === undefined && link.rttMs !== undefined }
    },
  }
}

function comparator({ linksOf }: Mesh, order: MatrixOrder): (x: MeshMember, y: MeshMember) => number {
  const byName = (x: MeshMember, y: MeshMember): number => compareNames(x.name, y.name) || (x.id < y.id ? -1 : 1)
  const links = ({ id }: MeshMember): readonly MeshLink[] => linksOf.get(id) ?? []
  const slowest = (member: MeshMember): number => Math.max(-1, ...links(member).map(({ rttMs = -1 }) => rttMs))
  switch (order) {
    case 'name':
      return byName
    case 'slowest':
      return (x, y) => slowest(y) - slowest(x) || byName(x, y)
    case 'links':
      return (x, y) => links(x).length - links(y).length || byName(x, y)
    case 'state':
      return (x, y) => stateRank(x.state) - stateRank(y.state) || byName(x, y)
  }
}
