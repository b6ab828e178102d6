import { coreContract } from './core-contract.ts'
import { nodeControlContract } from './node-control-contract.ts'

/** The one contract: it gives the router its types, the client its calls, and the REST API its paths and OpenAPI document. */
export const contract = { ...coreContract, nodes: { ...coreContract.nodes, ...nodeControlContract } }
export type Contract = typeof contract
