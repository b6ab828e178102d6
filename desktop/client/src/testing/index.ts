export { inMemoryTransport, type InMemoryTransport } from './in-memory.ts'
