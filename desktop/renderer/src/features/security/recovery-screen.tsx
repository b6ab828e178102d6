import { Button } from '@mantine/core'
import { type FleetError, toFleetError } from '@wrale/kernel'
import { IconEyeOff, IconPrinter } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useBackend } from '../../app/hooks.ts'
import type { RecoveryKit } from '../../backend/operator-ports.ts'
import { At } from '../../ui/ago.tsx'
import { Failure } from '../../ui/message.tsx'
import { Opening } from '../../ui/opening.tsx'
import { Page } from '../../ui/page.tsx'
import classes from './security.module.css'
import { SecurityNav } from './security-nav.tsx'

/** Words that nobody hid are hidden after this time, ms: long enough to write them down twice. */
const shownMs = 10 * 60_000

/** The words that bring the fleet's root key back. They live in this component alone. */
export function RecoveryScreen() {
  const [kit, setKit] = useState<RecoveryKit>()
  useEffect(() => {
    if (kit === undefined) return undefined
    const timer = window.setTimeout(() => setKit(undefined), shownMs)
    return () => window.clearTimeout(timer)
  }, [kit])
  return (
    <Page title="Recovery kit">
      <SecurityNav />
      {kit === undefined ? <Before show={setKit} /> : <Words kit={kit} hide={() => setKit(undefined)} />}
    </Page>
  )
}

function Before({ show }: { readonly show: (kit: RecoveryKit) => void }) {
  const backend = useBackend()
  const [alone, setAlone] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<FleetError>()
  const ask = async (): Promise<void> => {
    setBusy(true)
    setError(undefined)
    try {
      show(await backend.recoveryKit())
    } catch (thrown) {
      setError(toFleetError(thrown))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Opening sentence="24 words on paper bring this fleet back when every station is lost." />
      <div className={classes.explain}>
        <ul>
          <li>They are the fleet’s root key. With them and one living node a new station takes the fleet over.</li>
          <li>Whoever has them can let anyone in and put anyone out. Keep the paper where you would keep cash.</li>
          <li>No station keeps the words, and nothing here stores, copies or sends them.</li>
        </ul>
        <label className={classes.check}>
          <input type="checkbox" checked={alone} onChange={(event) => setAlone(event.currentTarget.checked)} />
          Nobody else sees this screen, and I have paper or a printer that I trust
        </label>
        <div>
          <Button disabled={!alone} loading={busy} onClick={ask}>
            Show the 24 words
          </Button>
        </div>
      </div>
      {error !== undefined && (
        <Failure
          what="The words are not here"
          error={error}
          todo="Only the station that made the fleet, or was given its root key, can show them."
        />
      )}
    </>
  )
}

function Words({ kit: { fleet, words }, hide }: { readonly kit: RecoveryKit; readonly hide: () => void }) {
  const [at] = useState(() => new Date().toISOString())
  return (
    <>
      <div className={classes.screenOnly}>
        <Opening
          sentence="Write these 24 words down, in this order."
          note="They disappear from here after ten minutes, or when you leave this page."
          actions={
            <>
              <Button leftSection={<IconPrinter size={18} />} onClick={() => window.print()}>
                Print
              </Button>
              <Button variant="default" leftSection={<IconEyeOff size={18} />} onClick={hide}>
                Hide the words
              </Button>
            </>
          }
        />
      </div>
      <section className={classes.kit} aria-label="Recovery kit" data-print>
        <header className={classes.printOnly}>
          <h1>Recovery kit of the fleet {fleet}</h1>
          <p>
            Printed <At at={at} />. With these words and one living node, a station on a new computer takes the fleet
            over. Whoever has this paper has the fleet.
          </p>
        </header>
        <ol className={classes.words}>
          {words.map((word, index) => (
            <li key={`${index + 1} ${word}`}>
              <span aria-hidden="true">{index + 1}</span>
              <strong>{word}</strong>
            </li>
          ))}
        </ol>
      </section>
    </>
  )
}
