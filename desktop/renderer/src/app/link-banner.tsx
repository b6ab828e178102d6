import { Button } from '@mantine/core'
import { IconAccessPointOff, IconPlugConnectedX } from '@tabler/icons-react'
import type { LinkStatus } from '../backend/backend.ts'
import { clockTime } from '../model/time.ts'
import { Lasting } from '../ui/ago.tsx'
import { useAfter } from '../ui/use-after.ts'
import { useFleet, useHeardAt, useLink, useServices, useSkew, useTimed, useTimeStyle } from './hooks.ts'
import classes from './shell.module.css'

/** A short break of the link is nobody's concern, ms. */
const patienceMs = 1200

/** Says when what is on the screen is not the fleet as it is now, and why: this page, this station, or its network. */
export function LinkBanner() {
  const status = useLink()
  const station = useFleet()?.station
  if (status.phase === 'waiting') return <Reconnecting status={status} />
  if (status.phase !== 'live' || station === undefined || station.link === 'up') return null
  return (
    <output className={classes.banner} data-tone={station.link === 'down' ? 'fail' : 'warn'}>
      <IconAccessPointOff size={18} stroke={1.75} aria-hidden="true" />
      {station.link === 'down' ? (
        <span>
          <strong>This station’s network is down.</strong> The nodes may be well: check this machine’s cable or Wi-Fi.
          They keep themselves safe without a station.
        </span>
      ) : (
        <span>
          <strong>This station reaches no member.</strong> Its network is up: check that the nodes are on the same one
          and have power.
        </span>
      )}
    </output>
  )
}

function Reconnecting({ status }: { readonly status: LinkStatus & { phase: 'waiting' } }) {
  const { connect } = useServices()
  const late = useAfter(patienceMs)
  const heardAt = useHeardAt()
  const skew = useSkew()
  const style = useTimeStyle()
  const { retryAtMs, error } = status
  const wait = useTimed((nowMs) =>
    retryAtMs === undefined ? '' : String(Math.max(0, Math.ceil((retryAtMs - (nowMs - skew)) / 1000))),
  )
  if (!late) return null
  return (
    <output className={classes.banner} data-tone="fail">
      <IconPlugConnectedX size={18} stroke={1.75} aria-hidden="true" />
      <span>
        <strong>No connection to the station.</strong>{' '}
        {heardAt !== undefined && (
          <>
            You see the fleet as of {clockTime(heardAt, style)} (<Lasting since={new Date(heardAt).toISOString()} />{' '}
            ago).{' '}
          </>
        )}
        <span aria-live="off">{retryAtMs === undefined ? 'Trying now.' : `Next try in ${wait} s.`}</span>{' '}
        <span className={classes.count}>{error.code}</span>
      </span>
      <Button size="compact-sm" variant="default" onClick={connect} disabled={retryAtMs === undefined}>
        Try now
      </Button>
    </output>
  )
}
