import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { Node as FleetNode } from '@wrale/protocol/api'
import { Link } from 'wouter'
import { useNode, useNow } from '../../app/hooks.ts'
import { chartSpecs, latestText, sparkBounds } from '../../model/charts.ts'
import { formatMetric, formatMs } from '../../model/format.ts'
import { labelsOf, labelText, placeText } from '../../model/labels.ts'
import { isSilent } from '../../model/state.ts'
import { extent, gapLimitMs, trendStart } from '../../model/series.ts'
import { Ago, Lasting } from '../../ui/ago.tsx'
import { Reasons } from '../../ui/reasons.tsx'
import { Sparkline } from '../../ui/sparkline.tsx'
import { StateWord } from '../../ui/state-word.tsx'
import { useHistory } from '../../ui/use-history.ts'
import classes from './side-panel.module.css'

interface SidePanelProps {
  readonly id: string
  readonly close: () => void
  readonly openPage: (id: string) => void
}

/** One node beside the list: enough to decide whether to open it. */
export function SidePanel({ id, close, openPage }: SidePanelProps) {
  const node = useNode(id)
  return (
    <aside className={classes.panel} aria-label={node?.name ?? 'Node'}>
      <header className={classes.head}>
        <h2>{node?.name ?? 'Unknown node'}</h2>
        <Tooltip label="Close (Esc)">
          <ActionIcon variant="subtle" aria-label="Close the panel" onClick={close}>
            <IconX size={18} stroke={1.75} />
          </ActionIcon>
        </Tooltip>
      </header>
      {node === undefined ? (
        <p>No node of this fleet has this id. It may have left.</p>
      ) : (
        <Body node={node} openPage={openPage} />
      )}
    </aside>
  )
}

function Body({ node, openPage }: { readonly node: FleetNode; readonly openPage: (id: string) => void }) {
  const labels = labelsOf(node)
  const place = placeText(node.place)
  return (
    <>
      <p className={classes.state}>
        <StateWord node={node} withAge={false} />
        <span>
          for <Lasting since={node.stateSince} />
        </span>
      </p>
      <Reasons node={node} />
      <Trends key={node.id} node={node} />
      <dl className={classes.facts}>
        <dt>Last seen</dt>
        <dd>
          <Ago at={node.lastSeen} />
        </dd>
        <dt>Uptime</dt>
        <dd>{formatMetric('uptimeSeconds', node.readings.uptimeSeconds)}</dd>
        <dt>Model</dt>
        <dd>{node.model ?? 'not told yet'}</dd>
        {labels.length > 0 && (
          <>
            <dt>Labels</dt>
            <dd>{labels.map(labelText).join(', ')}</dd>
          </>
        )}
        {place !== '' && (
          <>
            <dt>Place</dt>
            <dd>{place}</dd>
          </>
        )}
        <dt>Seen by</dt>
        <dd>
          {node.seenBy.length === 0 && 'nobody yet'}
          <ul>
            {node.seenBy.slice(0, 4).map((witness) => (
              <li key={witness.id}>
                {witness.role === 'node' ? <Link href={`/nodes/${witness.id}`}>{witness.name}</Link> : witness.name}{' '}
                <span className={classes.faint}>
                  {witness.linked ? formatMs(witness.rttMs) : <Ago at={witness.at} />}
                </span>
              </li>
            ))}
          </ul>
        </dd>
      </dl>
      <Button fullWidth onClick={() => openPage(node.id)}>
        Open {node.name}
      </Button>
    </>
  )
}

const rangeMs = 3_600_000
/** The first four that the node has tell enough. */
const panelCharts = ['temperature', 'cpu', 'memory', 'network', 'disk', 'load'] as const
const shownCharts = 4

function Trends({ node }: { readonly node: FleetNode }) {
  const { history, stepSeconds, phase } = useHistory(node.id, { rangeMs, zoom: undefined })
  const nowMs = Math.ceil(useNow() / 10_000) * 10_000
  if (phase === 'failed') return <p className={classes.faint}>The station did not give the last hour.</p>
  return (
    <div className={classes.trends} data-silent={isSilent(node) || undefined}>
      {panelCharts
        .flatMap((id) => chartSpecs.find((chart) => chart.id === id) ?? [])
        .filter(({ series }) => series[0]?.now(node.readings) !== undefined)
        .slice(0, shownCharts)
        .map((chart) => {
          const points = chart.series[0]?.points(history) ?? []
          const bounds = extent(points)
          const [low, high] = bounds === undefined ? [0, 1] : sparkBounds(chart, bounds.min, bounds.max)
          return (
            <div key={chart.id} className={classes.trend}>
              <span>{chart.title}</span>
              <strong>{latestText(chart, node.readings)}</strong>
              <Sparkline
                points={points}
                fromMs={trendStart(points, nowMs, rangeMs)}
                toMs={nowMs}
                gapMs={gapLimitMs(stepSeconds, node.intervalMs)}
                low={low}
                high={high}
                marks={chart.thresholds}
                label={chart.title}
              />
            </div>
          )
        })}
    </div>
  )
}
