export { type EdgeConfig, edgeConfigSchema, hostPortSchema, type SimulatedFault, simulatedFaultSchema } from './edge.ts'
