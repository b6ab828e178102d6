import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { clockText } from '../../model/clock-error.ts'
import { counted, formatMs, formatRatio } from '../../model/format.ts'
import { bySlowness, type Mesh, type MeshLink, type MeshMember, peerOf } from '../../model/mesh/mesh.ts'
import { stateWords } from '../../model/state.ts'
import { Ago } from '../../ui/ago.tsx'
import { Fact, Facts, Panel, PanelLead } from '../../ui/panel.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { linkWords } from './link-words.ts'
import classes from './mesh.module.css'

interface MeshPanelProps {
  readonly mesh: Mesh
  readonly member: MeshMember
  readonly select: (id: string) => void
  readonly close: () => void
}

/** One member and its links. */
export function MeshPanel({ mesh, member, select, close }: MeshPanelProps) {
  const { id, name, role, state, self, clockErrorMs, toldAt } = member
  const links = (mesh.linksOf.get(id) ?? []).toSorted(bySlowness)
  return (
    <Panel title={name} close={close}>
      <PanelLead>
        <StateMark state={state} />
        {stateWords[state]}, {role}
        {self && ' (this station)'}
      </PanelLead>
      <Facts>
        <Fact label="Links">{counted(links.length, 'link')}</Fact>
        <Fact label="Told them">
          <Ago at={toldAt} />
        </Fact>
        <Fact label="Clock">{clockText(clockErrorMs, 'fleet time')}</Fact>
      </Facts>
      <table className={classes.peers} aria-label={`Links of ${name}`}>
        <thead>
          <tr>
            <th scope="col">To</th>
            <th scope="col" data-numeric>
              Round trip
            </th>
            <th scope="col" data-numeric>
              Lost
            </th>
          </tr>
        </thead>
        <tbody>
          {links.map((link) => (
            <PeerRow key={`${link.a.id} ${link.b.id}`} link={link} peer={peerOf(link, id)} select={select} />
          ))}
          {links.length === 0 && (
            <tr>
              <td colSpan={3}>No member has a link to it now.</td>
            </tr>
          )}
        </tbody>
      </table>
      {role === 'node' && (
        <Button component={Link} href={`/nodes/${id}`} fullWidth variant="default">
          Open {name}
        </Button>
      )}
    </Panel>
  )
}

interface PeerRowProps {
  readonly link: MeshLink
  readonly peer: MeshMember
  readonly select: (id: string) => void
}

function PeerRow({ link, peer, select }: PeerRowProps) {
  const words = linkWords(link)
  return (
    <tr>
      <th scope="row">
        <button type="button" className={classes.peer} onClick={() => select(peer.id)}>
          <StateMark state={peer.state} size={14} />
          {peer.name}
        </button>
        {words !== undefined && <span className={classes.faint}>{words}</span>}
      </th>
      <td data-numeric>{formatMs(link.rttMs)}</td>
      <td data-numeric>{formatRatio(link.lossRatio)}</td>
    </tr>
  )
}
