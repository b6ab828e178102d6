import { useCallback, useRef } from 'react'
import { useBackend, useServices } from '../../app/hooks.ts'
import { useCommands } from '../../app/use-commands.ts'
import {
  arrangeMembers,
  formatMembersQuery,
  isPresent,
  membersSentence,
  parseMembersQuery,
} from '../../model/members.ts'
import { Choice, Choices } from '../../ui/choices.tsx'
import { FilterBox } from '../../ui/filter-box.tsx'
import { Failure } from '../../ui/message.tsx'
import { Opening } from '../../ui/opening.tsx'
import { Page } from '../../ui/page.tsx'
import { WithPanel } from '../../ui/panel.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useLoaded } from '../../ui/use-loaded.ts'
import { useQuery } from '../../ui/use-query.ts'
import { ClaimForm } from './claim-form.tsx'
import { MemberPanel } from './member-panel.tsx'
import { MembersList } from './members-list.tsx'
import { PendingClaims } from './pending-claims.tsx'
import classes from './security.module.css'
import { SecurityNav } from './security-nav.tsx'

const refreshes = { membersMs: 5000, claimsMs: 5000 } as const

/** Who is in the fleet, who waits to be let in, and who is put out. */
export function MembersScreen() {
  const backend = useBackend()
  const { attention } = useServices()
  const [query, update] = useQuery(parseMembersQuery, formatMembersQuery)
  const search = useRef<HTMLInputElement>(null)
  const members = useLoaded(backend.members, { everyMs: refreshes.membersMs })
  const claims = useLoaded(backend.pendingClaims, { everyMs: refreshes.claimsMs })
  const open = members.data?.find(({ id }) => id === query.open)
  const close = useCallback(() => update({ open: undefined }), [update])
  useCommands({
    filter: () => search.current?.focus(),
    back() {
      if (query.open !== undefined) close()
      else if (query.search !== '') update({ search: '' })
    },
  })
  const reload = (): void => {
    members.reload()
    claims.reload()
    void attention.getState().lookForClaims(new AbortController().signal)
  }
  return (
    <Page title="Members" fixed>
      <WithPanel panel={open !== undefined && <MemberPanel member={open} close={close} onChanged={members.reload} />}>
        <SecurityNav />
        {members.data === undefined && members.error === undefined && (
          <Skeleton lines={8} label="Loading the members" />
        )}
        {members.data === undefined && members.error !== undefined && (
          <Failure what="The members were not loaded" error={members.error} todo="This page keeps trying." />
        )}
        {members.data !== undefined && (
          <>
            <Opening sentence={membersSentence(members.data, claims.data?.length ?? 0)} />
            <section aria-labelledby="claims" className={classes.section}>
              <h2 id="claims">Waiting to be claimed</h2>
              {claims.data === undefined && claims.error !== undefined ? (
                <p className={classes.faint} role="alert">
                  The machines that wait were not loaded: {claims.error.message} <code>{claims.error.code}</code>
                </p>
              ) : (
                <PendingClaims claims={claims.data ?? []} />
              )}
              <ClaimForm onClaimed={reload} />
            </section>
            <section aria-labelledby="members" className={classes.section}>
              <div className={classes.bar}>
                <h2 id="members">Members</h2>
                <FilterBox
                  label="Filter members"
                  placeholder="Filter by name, role, id, serial"
                  value={query.search}
                  onChange={(text) => update({ search: text })}
                  inputRef={search}
                />
                <Choices label="Which members">
                  <Choice
                    pressed={query.past}
                    count={members.data.filter((member) => !isPresent(member)).length}
                    onClick={() => update({ past: !query.past })}
                  >
                    Past members too
                  </Choice>
                </Choices>
              </div>
              <MembersList
                members={arrangeMembers(members.data, query)}
                open={query.open}
                toggle={(id) =>
                  update({ open: query.open === id ? undefined : id }, { push: query.open === undefined })
                }
              />
            </section>
          </>
        )}
      </WithPanel>
    </Page>
  )
}
