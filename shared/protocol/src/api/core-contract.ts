import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import {
  createdJoinTokenSchema,
  joinTokenRequestSchema,
  joinTokenSchema,
  sessionSchema,
  signInLinkSchema,
} from './access.ts'
import { fleetEventSchema, fleetSchema } from './fleet.ts'
import { metricsAnswerSchema, metricsQuerySchema } from './history.ts'
import { listOf } from './list.ts'
import { membersContract } from './members-contract.ts'
import { nodeDetailSchema, nodeSchema } from './node.ts'
import { nodeNotesSchema } from './notes.ts'
import { nodeChangeSchema } from './objects.ts'
import { objectsContract } from './objects-contract.ts'
import { peerIdSchema } from '../ids.ts'

const id = z.object({ id: peerIdSchema })

/** What every client needs: the fleet and its objects. */
export const coreContract = {
  fleet: {
    get: oc
      .route({ method: 'GET', path: '/fleet', summary: 'The fleet and this station', tags: ['Fleet'] })
      .output(fleetSchema),
    watch: oc
      .route({
        method: 'GET',
        path: '/fleet/watch',
        summary: 'Live changes of the fleet and its nodes (server-sent events)',
        tags: ['Fleet'],
      })
      .output(eventIterator(fleetEventSchema)),
  },
  nodes: {
    list: oc
      .route({ method: 'GET', path: '/nodes', summary: 'All nodes, absent ones included', tags: ['Nodes'] })
      .output(listOf(nodeSchema)),
    get: oc
      .route({ method: 'GET', path: '/nodes/{id}', summary: 'One node', tags: ['Nodes'] })
      .input(id)
      .output(nodeDetailSchema),
    metrics: oc
      .route({ method: 'GET', path: '/nodes/{id}/metrics', summary: 'History of a node’s metrics', tags: ['Nodes'] })
      .input(metricsQuerySchema)
      .output(metricsAnswerSchema),
    change: oc
      .route({
        method: 'PATCH',
        path: '/nodes/{id}',
        summary: 'Change labels, note, place and cooling of a node',
        tags: ['Nodes'],
      })
      .input(nodeChangeSchema)
      .output(nodeNotesSchema),
  },
  ...objectsContract,
  ...membersContract,
  joinTokens: {
    create: oc
      .route({
        method: 'POST',
        path: '/join-tokens',
        summary: 'Make a token with which nodes join',
        tags: ['Members'],
        successStatus: 201,
      })
      .input(joinTokenRequestSchema)
      .output(createdJoinTokenSchema),
    list: oc
      .route({ method: 'GET', path: '/join-tokens', summary: 'Join tokens, without their secrets', tags: ['Members'] })
      .output(listOf(joinTokenSchema)),
    revoke: oc
      .route({
        method: 'DELETE',
        path: '/join-tokens/{id}',
        summary: 'Make a join token worthless; who joined with it stays',
        tags: ['Members'],
      })
      .input(z.object({ id: joinTokenSchema.shape.id }))
      .output(joinTokenSchema),
  },
  session: {
    get: oc
      .route({ method: 'GET', path: '/session', summary: 'Who the caller is', tags: ['Access'] })
      .output(sessionSchema),
    createSignInLink: oc
      .route({
        method: 'POST',
        path: '/sign-in-links',
        summary: 'Make a one-time link that signs in a browser',
        tags: ['Access'],
        successStatus: 201,
      })
      .output(signInLinkSchema),
  },
}
