export { type MeshNode, startMeshNode } from './mesh-node.ts'
export { ScriptedNode } from './scripted-node.ts'
