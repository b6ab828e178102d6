import { Popover } from '@mantine/core'
import { IconAccessPoint, IconAccessPointOff } from '@tabler/icons-react'
import { linkSummary } from '../model/station-link.ts'
import { Lasting } from '../ui/ago.tsx'
import { useFleet, useLink } from './hooks.ts'
import classes from './shell.module.css'

/** This station's own link: whether what the screens say can be trusted. */
export function StationLink() {
  const status = useLink()
  const station = useFleet()?.station
  const { tone, short } = linkSummary(status, station)
  const Icon = tone === 'fail' ? IconAccessPointOff : IconAccessPoint
  return (
    <Popover position="bottom-start" shadow="md" width={320} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={classes.station} data-tone={tone} aria-label={`This station: ${short}`}>
          <Icon size={18} stroke={1.75} aria-hidden="true" />
          {short}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="This station">
        {station === undefined ? (
          <p>Nothing is known of the station yet.</p>
        ) : (
          <dl className={classes.facts}>
            <dt>Station</dt>
            <dd>{station.name}</dd>
            <dt>Network</dt>
            <dd>
              {
                { up: 'linked to members', alone: 'there, but no member answers', down: 'no address but loopback' }[
                  station.link
                ]
              }
            </dd>
            <dt>Peers</dt>
            <dd>{station.peers}</dd>
            <dt>Running for</dt>
            <dd>
              <Lasting since={station.startedAt} />
            </dd>
            <dt>Software</dt>
            <dd>{station.software}</dd>
            <dt>Addresses</dt>
            <dd>
              {station.addresses.map((address) => (
                <div key={address}>
                  <code>{address}</code>
                </div>
              ))}
            </dd>
          </dl>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
