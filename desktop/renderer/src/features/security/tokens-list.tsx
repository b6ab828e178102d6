import { Button } from '@mantine/core'
import type { JoinTokenView } from '@wrale/protocol/api'
import type { CSSProperties } from 'react'
import { arrangeTokens, tokenStateOf } from '../../model/join-tokens.ts'
import { Ago, At } from '../../ui/ago.tsx'
import rows from '../../ui/rows.module.css'
import classes from './security.module.css'

interface TokensListProps {
  readonly tokens: readonly JoinTokenView[]
  readonly nowMs: number
  readonly revoke: (token: JoinTokenView) => void
}

const columns = { '--columns': '96px minmax(140px, 1fr) 112px 112px minmax(180px, 220px) 104px' } as CSSProperties

/** Tokens without their secrets, usable ones first. */
export function TokensList({ tokens, nowMs, revoke }: TokensListProps) {
  return (
    <table className={rows.list} style={columns} aria-label="Join tokens">
      <thead className={classes.block}>
        <tr className={rows.head}>
          <th scope="col">State</th>
          <th scope="col">For</th>
          <th scope="col">Used</th>
          <th scope="col">Made</th>
          <th scope="col">Ends</th>
          <th scope="col">
            <span hidden>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody className={classes.block}>
        {arrangeTokens(tokens, nowMs).map((token) => {
          const state = tokenStateOf(token, nowMs)
          return (
            <tr
              key={token.id}
              className={rows.row}
              data-testid="token-row"
              data-name={token.name}
              data-quiet={state !== 'usable' || undefined}
            >
              <td>{state}</td>
              <td className={`${rows.clip} ${rows.first}`} title={`Token ${token.id}`}>
                <strong className={classes.tokenName}>{token.name}</strong>
              </td>
              <td data-figures data-label="used">
                {token.uses} of {token.maxUses}
              </td>
              <td className={rows.faint} data-label="made">
                <Ago at={token.createdAt} />
              </td>
              <td className={rows.faint} data-label="ends">
                <At at={token.expiresAt} />
              </td>
              <td className={classes.act}>
                {state === 'usable' && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => revoke(token)}
                    aria-label={`Revoke ${token.name}`}
                  >
                    Revoke
                  </Button>
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
