import type { FleetError } from '@wrale/kernel'
import type { Node as FleetNode, NodeDetail } from '@wrale/protocol/api'
import { IconCheck, IconMinus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { clockText } from '../../model/clock-error.ts'
import { absent, formatMetric, formatMs, formatQuantity, quantity } from '../../model/format.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import classes from './node.module.css'
import { Notes } from './notes.tsx'

interface FactsProps {
  readonly node: FleetNode
  readonly detail: NodeDetail | undefined
  readonly error: FleetError | undefined
  readonly reload: () => void
}

/** What the node is: hardware, software, addresses, parts, links. */
export function Facts({ node, detail, error, reload }: FactsProps) {
  return (
    <aside className={classes.facts} aria-label="About this node">
      {detail?.notes !== undefined && <Notes node={node} loaded={detail.notes} reload={reload} />}
      <Group title="Node">
        <Fact label="Id">
          <code className={classes.id}>{node.id}</code>
          <CopyButton size="sm" text={node.id} label="Copy the id" />
        </Fact>
        <Fact label="Uptime">{formatMetric('uptimeSeconds', node.readings.uptimeSeconds)}</Fact>
        <Fact label="Power">{node.powerSource ?? 'not told'}</Fact>
        <Fact label="Clock">{clockText(node.clockErrorMs, 'this station')}</Fact>
        <Fact label="Speaks every">{node.intervalMs === undefined ? absent : formatMs(node.intervalMs)}</Fact>
      </Group>
      {detail === undefined && error === undefined && <Skeleton lines={6} label="Loading the inventory" />}
      {detail === undefined && error !== undefined && (
        <p className={classes.faint} role="alert">
          The inventory was not loaded: {error.message}. This page keeps trying. <code>{error.code}</code>
        </p>
      )}
      {detail !== undefined && <Inventory detail={detail} />}
    </aside>
  )
}

function Inventory({ detail: { inventory, links } }: { readonly detail: NodeDetail }) {
  return (
    <>
      {inventory === undefined ? (
        <p className={classes.faint}>The node has not told what it is yet.</p>
      ) : (
        <>
          <Group title="Hardware">
            <Fact label="Model">{inventory.hardware.model}</Fact>
            <Fact label="Serial">{inventory.hardware.serial ?? absent}</Fact>
            <Fact label="CPU">
              {inventory.hardware.cores} × {inventory.hardware.architecture}
            </Fact>
            <Fact label="Memory">{bytes(inventory.hardware.memoryBytes)}</Fact>
            <Fact label="Disk">{bytes(inventory.hardware.diskBytes)}</Fact>
          </Group>
          <Parts parts={inventory.parts} />
          <Group title="Software">
            <Fact label="Wrale">{inventory.software}</Fact>
            <Fact label="System">{inventory.system.os}</Fact>
            <Fact label="Kernel">{inventory.system.kernel}</Fact>
            <Fact label="Host name">{inventory.system.hostname}</Fact>
            <Fact label="Node.js">{inventory.system.node}</Fact>
          </Group>
          <section>
            <h2>Addresses</h2>
            <ul className={classes.addresses}>
              {inventory.addresses.map((address) => (
                <li key={address}>
                  <code title={address}>{address.replace(/\/p2p\/[^/]+$/, '')}</code>
                  <CopyButton size="sm" text={address} label={`Copy ${address}`} />
                </li>
              ))}
              {inventory.addresses.length === 0 && <li className={classes.faint}>None told</li>}
            </ul>
          </section>
        </>
      )}
      <section>
        <h2>Links</h2>
        <ul className={classes.links}>
          {links.map(({ peer, name, role, rttMs }) => (
            <li key={peer}>
              {role === 'node' ? <Link href={`/nodes/${peer}`}>{name}</Link> : <span>{name}</span>}
              <span className={classes.faint}>{role === 'station' && 'station'}</span>
              <span>{formatMs(rttMs)}</span>
            </li>
          ))}
          {links.length === 0 && <li className={classes.faint}>No member has a link to it now</li>}
        </ul>
      </section>
    </>
  )
}

function Parts({ parts }: { readonly parts: NonNullable<NodeDetail['inventory']>['parts'] }) {
  if (parts.length === 0) return null
  return (
    <section>
      <h2>Parts</h2>
      <ul className={classes.parts}>
        {parts.map(({ name, present, detail }) => {
          const Icon = present ? IconCheck : IconMinus
          return (
            <li key={name} data-present={present}>
              <Icon size={16} stroke={1.75} aria-hidden="true" />
              <span>{name.replaceAll('-', ' ')}</span>
              <span className={classes.faint}>{present ? (detail ?? 'present') : 'absent'}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h2>{title}</h2>
      <dl className={classes.factList}>{children}</dl>
    </section>
  )
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  )
}

function bytes(value: number | undefined): string {
  return value === undefined ? absent : formatQuantity(quantity('bytes', value))
}
