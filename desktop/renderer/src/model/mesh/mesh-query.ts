import { matrixOrders, type MatrixOrder } from './matrix.ts'

export const meshViews = ['graph', 'matrix', 'list'] as const
type MeshViewName = (typeof meshViews)[number]

/** Everything about the mesh screen that has a place in the URL. */
export interface MeshQuery {
  readonly view: MeshViewName
  readonly order: MatrixOrder
  /** Member in the side panel. */
  readonly open: string | undefined
}

export function parseMeshQuery(text: string): MeshQuery {
  const parameters = new URLSearchParams(text)
  return {
    view: meshViews.find((view) => view === parameters.get('view')) ?? 'graph',
    order: matrixOrders.find((order) => order === parameters.get('order')) ?? 'name',
    open: parameters.get('member') ?? undefined,
  }
}

/** No leading `?`; empty when all is default. */
export function formatMeshQuery({ view, order, open }: MeshQuery): string {
  const parameters = new URLSearchParams()
  if (view !== 'graph') parameters.set('view', view)
  if (order !== 'name') parameters.set('order', order)
  if (open !== undefined) parameters.set('member', open)
  return parameters.toString()
}
