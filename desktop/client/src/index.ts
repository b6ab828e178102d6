export { createFleetClient, type FleetClient, type FleetClientOptions } from './client.ts'
export type { Transport, TransportOptions } from './transport.ts'
export { type MessagePortLike, messagePortTransport } from './transports/message-port.ts'
export { signedOutCloseCode, websocketTransport, type WebsocketTransportOptions } from './transports/websocket.ts'
export {
  type ConnectionState,
  type FleetChange,
  type FleetSnapshot,
  type FleetWatch,
  type FleetWatchHandlers,
  type FleetWatchOptions,
  watchFleet,
} from './watch.ts'
