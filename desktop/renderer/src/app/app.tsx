import { useEffect } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { OverviewScreen } from '../features/overview/overview-screen.tsx'
import { SignInScreen } from '../features/sign-in/sign-in-screen.tsx'
import { ScreenBoundary } from './boundaries.tsx'
import { useLink, useServices } from './hooks.ts'
import {
  ConflictsScreen,
  EventsScreen,
  GroupsScreen,
  MembersScreen,
  MeshScreen,
  NodeScreen,
  NodesScreen,
  RecoveryScreen,
  TokensScreen,
} from './lazy.tsx'
import { NotFound } from './not-found.tsx'
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
      <ScreenBoundary>
        <Switch>
          <Route path="/" component={OverviewScreen} />
          <Route path="/nodes" component={NodesScreen} />
          <Route path="/nodes/:id/:tab?">{({ id, tab }) => <NodeScreen key={id} id={id} tab={tab} />}</Route>
          <Route path="/groups" component={GroupsScreen} />
          <Route path="/mesh" component={MeshScreen} />
          <Route path="/events" component={EventsScreen} />
          <Route path="/conflicts" component={ConflictsScreen} />
          <Route path="/security">
            <Redirect to="/security/members" replace />
          </Route>
          <Route path="/security/members" component={MembersScreen} />
          <Route path="/security/tokens" component={TokensScreen} />
          <Route path="/security/recovery" component={RecoveryScreen} />
          <Route component={NotFound} />
        </Switch>
      </ScreenBoundary>
    </Shell>
  )
}
