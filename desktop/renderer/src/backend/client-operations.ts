import type { createFleetClient } from '@wrale/client'
import { FleetError } from '@wrale/kernel'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'
import type { MembershipPort, ObjectsPort, ObservationPort } from './operator-ports.ts'

type Client = ReturnType<typeof createFleetClient>

/** Ids come from the address bar too. */
export function idOf(text: string): PeerIdText {
  const { success, data } = peerIdSchema.safeParse(text)
  if (!success) throw new FleetError('NOT_FOUND', 'No node has this id.')
  return data
}

export function membershipOf(client: Client): MembershipPort {
  return {
    members: async (signal) => (await client.members.list(undefined, { signal })).items,
    async revokeMember(id, reason) {
      await client.members.revoke({ id: idOf(id), ...(reason === undefined ? {} : { reason }) })
    },
    pendingClaims: async (signal) => (await client.claims.list(undefined, { signal })).items,
    claim: async ({ code, name, address }) =>
      client.claims.claim({
        code,
        ...(name === undefined ? {} : { name }),
        ...(address === undefined ? {} : { address }),
      }),
    joinTokens: async (signal) => (await client.joinTokens.list(undefined, { signal })).items,
    createJoinToken: async (request) => client.joinTokens.create(request),
    async revokeJoinToken(id) {
      await client.joinTokens.revoke({ id })
    },
    recoveryKit: async () => client.recoveryKit.show(),
  }
}

export function objectsOf(client: Client): ObjectsPort {
  return {
    changeNode: async (id, change) => client.nodes.change({ id: idOf(id), ...change }),
    groups: async (signal) => (await client.groups.list(undefined, { signal })).items,
    putGroup: async (change) => client.groups.put(change),
    removeGroup: async (name) => client.groups.remove({ name }),
    objectHistory: async (object, signal) => (await client.objects.history(object, { signal })).items,
    conflicts: async (signal) => (await client.conflicts.list(undefined, { signal })).items,
    async settleConflict(object, field, value) {
      await client.conflicts.settle({ object, field, value })
    },
  }
}

export function observationsOf(client: Client): ObservationPort {
  return {
    async events({ member, ...filter }, signal) {
      const { items, nextCursor } = await client.events.list(
        { ...filter, ...(member === undefined ? {} : { member: idOf(member) }) },
        { signal },
      )
      return { items, nextCursor }
    },
    mesh: async (signal) => client.mesh.get(undefined, { signal }),
  }
}
