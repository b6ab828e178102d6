import { Button, Loader } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { type FleetError, toFleetError } from '@wrale/kernel'
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useBackend, useLink, useServices } from '../../app/hooks.ts'
import { CommandLine } from '../../ui/message.tsx'
import { useAfter } from '../../ui/use-after.ts'
import classes from './sign-in.module.css'
import { signInTrouble } from './trouble.ts'

type Progress =
  | { readonly step: 'waiting' }
  | { readonly step: 'exchanging' }
  | { readonly step: 'failed'; readonly error: FleetError }

/** Exchanges the code of a sign-in link; without one says how to get it. */
export function SignInScreen() {
  useDocumentTitle('Sign in · Wrale')
  const progress = useCodeExchange()
  return (
    <main className={classes.screen}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
            <path
              d="M2 6l4.5 12L12 6l5.5 12L22 6"
              fill="none"
              stroke="currentColor"
              strokeWidth="2.5"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
          Wrale
        </div>
        {progress.step === 'exchanging' ? (
          <Exchanging />
        ) : (
          <HowTo error={progress.step === 'failed' ? progress.error : undefined} />
        )}
      </div>
    </main>
  )
}

function useCodeExchange(): Progress {
  const backend = useBackend()
  const { connect } = useServices()
  const [, navigate] = useLocation()
  const [progress, setProgress] = useState<Progress>(() =>
    codeOf(window.location.hash) === undefined ? { step: 'waiting' } : { step: 'exchanging' },
  )
  const started = useRef(false)
  useEffect(() => {
    const exchange = async (): Promise<void> => {
      const code = codeOf(window.location.hash)
      if (code === undefined) return
      // The code leaves the address bar and the history before anything else can read it there.
      window.history.replaceState(null, '', window.location.pathname)
      setProgress({ step: 'exchanging' })
      try {
        await backend.signIn(code)
        navigate('/', { replace: true })
        connect()
      } catch (error) {
        setProgress({ step: 'failed', error: toFleetError(error) })
      }
    }
    const onHash = (): void => void exchange()
    window.addEventListener('hashchange', onHash)
    if (!started.current) {
      started.current = true
      void exchange()
    }
    return () => window.removeEventListener('hashchange', onHash)
  }, [backend, connect, navigate])
  return progress
}

function codeOf(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, '')).get('code') ?? undefined
}

function Exchanging() {
  const late = useAfter(200)
  return <output>{late && <Loader size="xs" aria-hidden="true" />} Signing in</output>
}

function HowTo({ error }: { readonly error: FleetError | undefined }) {
  const { kind } = useBackend()
  const { connect } = useServices()
  const status = useLink()
  const trouble = error === undefined ? undefined : signInTrouble(error)
  const ended = error === undefined && status.phase === 'signedOut' && kind === 'browser'
  return (
    <>
      <h1>{trouble?.title ?? 'Sign in to this station'}</h1>
      {trouble !== undefined && error !== undefined && (
        <div className={classes.trouble} role="alert">
          <p>{trouble.advice}</p>
          <p className={classes.code}>Code: {error.code}</p>
        </div>
      )}
      <p>There is no password. On the machine that runs the station, ask for a link and open it in this browser:</p>
      <CommandLine command="wrale login --link" />
      <p>
        The link signs in one browser, once, within a few minutes. Someone who is signed in can also copy one for you:
        Ctrl K, then “Copy a sign-in link”.
      </p>
      {ended && (
        <div>
          <Button variant="default" onClick={connect}>
            I am signed in elsewhere in this browser: try again
          </Button>
        </div>
      )}
    </>
  )
}
