import { oc } from '@orpc/contract'
import { z } from 'zod'
import { peerIdSchema } from '../ids.ts'
import { listOf } from './list.ts'
import {
  claimRequestSchema,
  memberSchema,
  pendingClaimSchema,
  recoveryKitSchema,
  replaceRequestSchema,
  revokeRequestSchema,
} from './members.ts'

const id = z.object({ id: peerIdSchema })

/** The part of the contract about who belongs to the fleet. */
export const membersContract = {
  members: {
    list: oc
      .route({
        method: 'GET',
        path: '/members',
        summary: 'Nodes and stations of the fleet, those that were put out included',
        tags: ['Members'],
      })
      .output(listOf(memberSchema)),
    get: oc
      .route({ method: 'GET', path: '/members/{id}', summary: 'One member', tags: ['Members'] })
      .input(id)
      .output(memberSchema),
    revoke: oc
      .route({
        method: 'POST',
        path: '/members/{id}/revoke',
        summary: 'Put a member out of the fleet, for good',
        tags: ['Members'],
      })
      .input(revokeRequestSchema)
      .output(memberSchema),
    replace: oc
      .route({
        method: 'POST',
        path: '/members/{id}/replace',
        summary: 'Give a member’s place, with what operators said of it, to another, and put it out',
        tags: ['Members'],
      })
      .input(replaceRequestSchema)
      .output(memberSchema),
  },
  claims: {
    list: oc
      .route({
        method: 'GET',
        path: '/claims',
        summary: 'Machines on the network that wait for their claim code; asking looks for more',
        tags: ['Members'],
      })
      .output(listOf(pendingClaimSchema)),
    claim: oc
      .route({
        method: 'POST',
        path: '/claims',
        summary: 'Take in the machine that shows this code',
        tags: ['Members'],
        successStatus: 201,
      })
      .input(claimRequestSchema)
      .output(memberSchema),
  },
  recoveryKit: {
    show: oc
      .route({
        method: 'POST',
        path: '/recovery-kit',
        summary: 'The words that bring the fleet’s root key back; recorded as an event',
        tags: ['Members'],
      })
      .output(recoveryKitSchema),
  },
}
