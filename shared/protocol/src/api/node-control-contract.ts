import { oc } from '@orpc/contract'
import { z } from 'zod'
import { peerIdSchema } from '../ids.ts'
import { diagListSchema, diagRunSchema } from '../node/diagnostics.ts'
import { overrideViewSchema } from '../node/safety.ts'
import {
  diagRunRequestSchema,
  diagStartRequestSchema,
  endOverrideRequestSchema,
  nodeHardwareSchema,
  nodeHistoryRequestSchema,
  nodeHistorySchema,
  nodeMaintenanceSchema,
  nodeOverrideRequestSchema,
  nodeSafetySchema,
  nodeSimulatorSchema,
  resetTamperRequestSchema,
  setLineAnswerSchema,
  setLineRequestSchema,
  simulateRequestSchema,
} from './node-control.ts'

const id = z.object({ id: peerIdSchema })
const tags = ['Node control']

/** The part of the contract that nodes answer themselves. A node that cannot be reached is UNAVAILABLE, with who saw it last. */
export const nodeControlContract = {
  hardware: oc
    .route({
      method: 'GET',
      path: '/nodes/{id}/hardware',
      summary: 'Lines, sensors, buses and devices of a node, as they are now',
      tags,
    })
    .input(id)
    .output(nodeHardwareSchema),
  safety: oc
    .route({
      method: 'GET',
      path: '/nodes/{id}/safety',
      summary: 'What a node’s safety policies do, and why',
      tags,
    })
    .input(id)
    .output(nodeSafetySchema),
  maintenance: oc
    .route({
      method: 'GET',
      path: '/nodes/{id}/maintenance',
      summary: 'Hours, cycles and wear of a node, and how long its parts may last',
      tags,
    })
    .input(id)
    .output(nodeMaintenanceSchema),
  history: oc
    .route({
      method: 'GET',
      path: '/nodes/{id}/history',
      summary: 'A node’s own full-rate record, joined with what this station knows',
      tags,
    })
    .input(nodeHistoryRequestSchema)
    .output(nodeHistorySchema),
  setLine: oc
    .route({
      method: 'PUT',
      path: '/nodes/{id}/lines/{name}',
      summary: 'Drive an output line, as far as the safety policies let it be',
      tags,
    })
    .input(setLineRequestSchema)
    .output(setLineAnswerSchema),
  override: oc
    .route({
      method: 'POST',
      path: '/nodes/{id}/overrides',
      summary: 'Go against a safety policy for a time, with a reason',
      tags,
      successStatus: 201,
    })
    .input(nodeOverrideRequestSchema)
    .output(overrideViewSchema),
  endOverride: oc
    .route({
      method: 'DELETE',
      path: '/nodes/{id}/overrides/{kind}',
      summary: 'End an override before its time; answers with what holds then',
      tags,
    })
    .input(endOverrideRequestSchema)
    .output(nodeSafetySchema),
  resetTamper: oc
    .route({
      method: 'POST',
      path: '/nodes/{id}/tamper/reset',
      summary: 'Say that signs of tampering were looked into; answers with what holds then',
      tags,
    })
    .input(resetTamperRequestSchema)
    .output(nodeSafetySchema),
  diagnostics: {
    list: oc
      .route({
        method: 'GET',
        path: '/nodes/{id}/diagnostics',
        summary: 'Self-tests that a node ran, the newest first, and those that it can run',
        tags,
      })
      .input(id)
      .output(diagListSchema),
    start: oc
      .route({
        method: 'POST',
        path: '/nodes/{id}/diagnostics',
        summary: 'Begin a self-test; ask for the run until it is done',
        tags,
        successStatus: 202,
      })
      .input(diagStartRequestSchema)
      .output(diagRunSchema),
    get: oc
      .route({
        method: 'GET',
        path: '/nodes/{id}/diagnostics/{run}',
        summary: 'How far a self-test is, or its report',
        tags,
      })
      .input(diagRunRequestSchema)
      .output(diagRunSchema),
    stop: oc
      .route({ method: 'DELETE', path: '/nodes/{id}/diagnostics/{run}', summary: 'Break a self-test off', tags })
      .input(diagRunRequestSchema)
      .output(diagRunSchema),
  },
  simulator: {
    get: oc
      .route({
        method: 'GET',
        path: '/nodes/{id}/simulator',
        summary: 'A simulated node as an exact observer sees it',
        tags,
      })
      .input(id)
      .output(nodeSimulatorSchema),
    change: oc
      .route({
        method: 'POST',
        path: '/nodes/{id}/simulator',
        summary: 'Set what surrounds a simulated node, break parts of it, and mend them',
        tags,
      })
      .input(simulateRequestSchema)
      .output(nodeSimulatorSchema),
  },
}
