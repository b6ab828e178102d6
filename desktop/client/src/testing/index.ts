export { emptyFleet, fakeStation } from './fake-station.ts'
export { inMemoryTransport, type InMemoryTransport } from './in-memory.ts'
