import { oc } from '@orpc/contract'
import { z } from 'zod'
import { eventSchema, eventsQuerySchema } from './events.ts'
import { listOf } from './list.ts'
import { meshViewSchema } from './mesh.ts'
import { groupNameSchema } from './notes.ts'
import {
  changeSchema,
  conflictSchema,
  groupChangeSchema,
  groupSchema,
  historyQuerySchema,
  settledSchema,
  settleRequestSchema,
} from './objects.ts'

const named = z.object({ name: groupNameSchema })

/** The part of the contract about what operators say of things, and what happened. */
export const objectsContract = {
  groups: {
    list: oc
      .route({ method: 'GET', path: '/groups', summary: 'Groups of nodes', tags: ['Groups'] })
      .output(listOf(groupSchema)),
    get: oc
      .route({ method: 'GET', path: '/groups/{name}', summary: 'One group', tags: ['Groups'] })
      .input(named)
      .output(groupSchema),
    put: oc
      .route({
        method: 'PUT',
        path: '/groups/{name}',
        summary: 'Make a group, change it, or bring it back',
        tags: ['Groups'],
      })
      .input(groupChangeSchema)
      .output(groupSchema),
    remove: oc
      .route({
        method: 'DELETE',
        path: '/groups/{name}',
        summary: 'Remove a group; answers with what it was',
        tags: ['Groups'],
      })
      .input(named)
      .output(groupSchema),
  },
  objects: {
    history: oc
      .route({
        method: 'GET',
        path: '/objects/{type}/{id}/history',
        summary: 'What was said of an object, the newest first',
        tags: ['History'],
      })
      .input(historyQuerySchema)
      .output(listOf(changeSchema)),
  },
  conflicts: {
    list: oc
      .route({
        method: 'GET',
        path: '/conflicts',
        summary: 'Fields that stations set without knowing of each other, the newest 500',
        tags: ['History'],
      })
      .output(listOf(conflictSchema)),
    settle: oc
      .route({ method: 'POST', path: '/conflicts/settle', summary: 'Decide a conflict', tags: ['History'] })
      .input(settleRequestSchema)
      .output(settledSchema),
  },
  mesh: {
    get: oc
      .route({ method: 'GET', path: '/mesh', summary: 'Who is linked to whom', tags: ['Mesh'] })
      .output(meshViewSchema),
  },
  events: {
    list: oc
      .route({ method: 'GET', path: '/events', summary: 'What happened, the newest first', tags: ['Events'] })
      .input(eventsQuerySchema)
      .output(listOf(eventSchema)),
  },
}
