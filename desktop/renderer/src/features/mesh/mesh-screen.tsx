import { Button } from '@mantine/core'
import { IconGrid3x3, IconListDetails, IconPlus, IconTopologyRing3 } from '@tabler/icons-react'
import { useScreen } from '../../app/hooks.ts'
import { useCommands } from '../../app/use-commands.ts'
import { formatMeshQuery, meshViews, parseMeshQuery } from '../../model/mesh/mesh-query.ts'
import type { Mesh } from '../../model/mesh/mesh.ts'
import { meshSentence } from '../../model/mesh/sentence.ts'
import { Failure, Message } from '../../ui/message.tsx'
import { Opening } from '../../ui/opening.tsx'
import { Page } from '../../ui/page.tsx'
import { WithPanel } from '../../ui/panel.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useQuery } from '../../ui/use-query.ts'
import { LinkList } from './link-list.tsx'
import { MatrixView } from './matrix-view.tsx'
import { MeshGraph } from './mesh-graph.tsx'
import classes from './mesh.module.css'
import { MeshPanel } from './mesh-panel.tsx'
import { useMesh } from './use-mesh.ts'

const views = [
  { value: 'graph', label: 'Graph', icon: IconTopologyRing3 },
  { value: 'matrix', label: 'Matrix', icon: IconGrid3x3 },
  { value: 'list', label: 'List', icon: IconListDetails },
] as const

/** Who is linked to whom, and how well. */
export function MeshScreen() {
  const { data: mesh, error } = useMesh()
  const [query, update] = useQuery(parseMeshQuery, formatMeshQuery)
  const select = (id: string | undefined): void => update({ open: id }, { push: query.open === undefined })
  useCommands({
    view: () => update({ view: meshViews[(meshViews.indexOf(query.view) + 1) % meshViews.length] ?? 'graph' }),
    back: () => update({ open: undefined }),
  })
  const open = mesh?.members.find(({ id }) => id === query.open)
  return (
    <Page title="Mesh" fixed>
      <WithPanel
        panel={
          mesh !== undefined &&
          open !== undefined && (
            <MeshPanel mesh={mesh} member={open} select={select} close={() => update({ open: undefined })} />
          )
        }
      >
        {mesh === undefined && error === undefined && <Skeleton lines={8} label="Loading the mesh" />}
        {mesh === undefined && error !== undefined && (
          <Failure what="The mesh was not loaded" error={error} todo="This page keeps trying." />
        )}
        {mesh !== undefined && (
          <div className={classes.screen}>
            <Opening
              sentence={meshSentence(mesh)}
              actions={
                <Segments label="View" options={views} value={query.view} onChange={(view) => update({ view })} />
              }
            />
            {mesh.members.length <= 1 ? <Alone /> : <View mesh={mesh} query={query} update={update} select={select} />}
          </div>
        )}
      </WithPanel>
    </Page>
  )
}

interface ViewProps {
  readonly mesh: Mesh
  readonly query: ReturnType<typeof parseMeshQuery>
  readonly update: (change: Partial<ReturnType<typeof parseMeshQuery>>) => void
  readonly select: (id: string | undefined) => void
}

function View({ mesh, query, update, select }: ViewProps) {
  switch (query.view) {
    case 'graph':
      return <MeshGraph mesh={mesh} selected={query.open} select={select} />
    case 'matrix':
      return <MatrixView mesh={mesh} order={query.order} setOrder={(order) => update({ order })} select={select} />
    case 'list':
      return <LinkList mesh={mesh} select={select} />
  }
}

function Alone() {
  const screen = useScreen()
  return (
    <Message
      title="The mesh begins with a second member"
      actions={
        <Button leftSection={<IconPlus size={18} />} onClick={() => screen.open('join')}>
          Add a node
        </Button>
      }
    >
      <p>
        Members find each other on the network, link up by themselves and measure each link. Here one sees which links
        there are, how long a round trip takes and what is lost.
      </p>
    </Message>
  )
}
