export { type EdgeConfig, edgeConfigSchema, hostPortSchema, type SimulatedFault, simulatedFaultSchema } from './edge.ts'
export { edgeConfigJsonSchema, type JsonSchema, settingAt } from './json-schema.ts'
