import { Suspense, useEffect } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { OverviewScreen } from '../features/overview/overview-screen.tsx'
import { SignInScreen } from '../features/sign-in/sign-in-screen.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { NotFound } from './not-found.tsx'
import { useLink, useServices } from './hooks.ts'
import { NodeScreen, NodesScreen } from './lazy.ts'
import { Shell } from './shell.tsx'

export function App() {
  const [path] = useLocation()
  const status = useLink()
  if (path === '/sign-in' || status.phase === 'signedOut') return <SignInScreen />
  return <Signed />
}

function Signed() {
  const { connect } = useServices()
  useEffect(() => connect(), [connect])
  return (
    <Shell>
      <Suspense fallback={<Skeleton lines={6} label="Loading the page" />}>
        <Switch>
          <Route path="/" component={OverviewScreen} />
          <Route path="/nodes" component={NodesScreen} />
          <Route path="/nodes/:id">{({ id }) => <NodeScreen key={id} id={id} />}</Route>
          <Route component={NotFound} />
        </Switch>
      </Suspense>
    </Shell>
  )
}
