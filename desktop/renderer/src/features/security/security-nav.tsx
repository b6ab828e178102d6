import { useWaitingClaims } from '../../app/hooks.ts'
import { SubNav } from '../../ui/sub-nav.tsx'

/** The pages of Security. */
export function SecurityNav() {
  const waiting = useWaitingClaims()
  return (
    <SubNav
      label="Security"
      items={[
        { path: '/security/members', label: 'Members', count: waiting },
        { path: '/security/tokens', label: 'Join tokens' },
        { path: '/security/recovery', label: 'Recovery kit' },
      ]}
    />
  )
}
