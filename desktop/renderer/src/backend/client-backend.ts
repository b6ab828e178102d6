import {
  type ConnectionState,
  createFleetClient,
  messagePortTransport,
  type Transport,
  watchFleet,
  websocketTransport,
} from '@wrale/client'
import type { Backend, LinkStatus } from './backend.ts'
import { idOf, membershipOf, objectsOf, observationsOf } from './client-operations.ts'
import { desktopPorts, isDesktop } from './desktop-ports.ts'
import { signInOverHttp, signOutOverHttp } from './http-session.ts'

/** The station behind this page: over the desktop's message port, or over a WebSocket to where the page came from. */
export function connectBackend(page: Window): Backend {
  if (isDesktop(page.location)) return clientBackend('desktop', messagePortTransport(desktopPorts(page)))
  const url = new URL('/rpc', page.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return clientBackend('browser', websocketTransport({ url: url.href }))
}

export function clientBackend(kind: Backend['kind'], transport: Transport): Backend {
  const client = createFleetClient(transport)
  return {
    kind,
    watch({ onEvent, onLink }) {
      const ended = new AbortController()
      const watch = watchFleet(
        client,
        { onSnapshot: onEvent, onChange: onEvent, onConnection: (connection) => onLink(linkOf(connection)) },
        { signal: ended.signal },
      )
      return { retry: () => watch.retryNow(), stop: () => ended.abort() }
    },
    nodeDetail: async (id, signal) => client.nodes.get({ id: idOf(id) }, { signal }),
    metrics: async (id, { fromMs, toMs, stepSeconds }, signal) =>
      client.nodes.metrics(
        {
          id: idOf(id),
          from: new Date(fromMs).toISOString(),
          to: new Date(toMs).toISOString(),
          ...(stepSeconds === undefined ? {} : { step: stepSeconds }),
        },
        { signal },
      ),
    control: client.nodes,
    session: async (signal) => client.session.get(undefined, { signal }),
    signIn: signInOverHttp,
    signOut: signOutOverHttp,
    createSignInLink: async () => client.session.createSignInLink(),
    ...membershipOf(client),
    ...objectsOf(client),
    ...observationsOf(client),
  }
}

function linkOf(connection: ConnectionState): LinkStatus {
  switch (connection.state) {
    case 'connecting':
      return { phase: 'connecting' }
    case 'live':
      return { phase: 'live' }
    case 'reconnecting': {
      const { nextTryAtMs, attempt, error } = connection
      return { phase: 'waiting', retryAtMs: nextTryAtMs ?? undefined, attempt, error }
    }
    case 'signed-out':
      return { phase: 'signedOut', error: connection.error }
  }
}
