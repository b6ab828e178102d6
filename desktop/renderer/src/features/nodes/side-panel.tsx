import { Button } from '@mantine/core'
import type { Node as FleetNode } from '@wrale/protocol/api'
import { Link } from 'wouter'
import { useNode, useNow } from '../../app/hooks.ts'
import { chartSpecs, latestText, sparkBounds } from '../../model/charts.ts'
import { formatMetric, formatMs } from '../../model/format.ts'
import { labelsOf, labelText, placeText } from '../../model/labels.ts'
import { isSilent } from '../../model/state.ts'
import { extent, gapLimitMs, trendStart } from '../../model/series.ts'
import { Ago, Lasting } from '../../ui/ago.tsx'
import { Fact, Facts, Panel, PanelLead } from '../../ui/panel.tsx'
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
    <Panel title={node?.name ?? 'Unknown node'} close={close}>
      {node === undefined ? (
        <p>No node of this fleet has this id. It may have left.</p>
      ) : (
        <Body node={node} openPage={openPage} />
      )}
    </Panel>
  )
}

function Body({ node, openPage }: { readonly node: FleetNode; readonly openPage: (id: string) => void }) {
  const labels = labelsOf(node)
  const place = placeText(node.place)
  return (
    <>
      <PanelLead>
        <StateWord node={node} withAge={false} />
        <span>
          for <Lasting since={node.stateSince} />
        </span>
      </PanelLead>
      <Reasons node={node} />
      <Trends key={node.id} node={node} />
      <Facts>
        <Fact label="Last seen">
          <Ago at={node.lastSeen} />
        </Fact>
        <Fact label="Uptime">{formatMetric('uptimeSeconds', node.readings.uptimeSeconds)}</Fact>
        <Fact label="Model">{node.model ?? 'not told yet'}</Fact>
        {labels.length > 0 && <Fact label="Labels">{labels.map(labelText).join(', ')}</Fact>}
        {place !== '' && <Fact label="Place">{place}</Fact>}
        <Fact label="Seen by">
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
        </Fact>
      </Facts>
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
