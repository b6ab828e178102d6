import '@fontsource-variable/inter/wght.css'
import './theme/mantine.css'
import './theme/tokens.css'
import './theme/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { z } from 'zod'
import { App } from './app/app.tsx'
import { PageBoundary } from './app/boundaries.tsx'
import { reportCaught } from './app/boundary.tsx'
import { ServicesContext } from './app/hooks.ts'
import { composeServices } from './app/services.ts'
import { Themed } from './app/themed.tsx'
import type { Backend } from './backend/backend.ts'
import { connectBackend } from './backend/client-backend.ts'

async function chooseBackend(): Promise<Backend> {
  // A production build drops this branch, and the fake fleet with it.
  if (import.meta.env.MODE !== 'production') {
    const { chooseFake } = await import('./backend/fake/choose.ts')
    const fake = chooseFake(window)
    if (fake !== undefined) return fake
  }
  return connectBackend(window)
}

function storageOf(page: Window): Storage | undefined {
  try {
    return page.localStorage
  } catch {
    return undefined
  }
}

async function start(): Promise<void> {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
  // Libraries that make style elements without Mantine's help look for the nonce here (npm package get-nonce).
  Object.assign(globalThis, { __webpack_nonce__: nonce })
  // The page may not turn text into code, so zod must not try to.
  z.config({ jitless: true })
  const root = document.querySelector('#root')
  if (root === null) throw new Error('index.html has no #root')
  const services = composeServices(await chooseBackend(), storageOf(window), window)
  createRoot(root, { onCaughtError: reportCaught }).render(
    <StrictMode>
      <ServicesContext value={services}>
        <PageBoundary>
          <Themed nonce={nonce}>
            <App />
          </Themed>
        </PageBoundary>
      </ServicesContext>
    </StrictMode>,
  )
}

void start()
