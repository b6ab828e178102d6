import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { softwareVersion } from '@wrale/host'
import { contract, problemContentType, problemSchema, sessionSchema } from '@wrale/protocol/api'
import { apiPrefix } from './api.ts'
import { signInRequestSchema } from './session.ts'

type Document = Awaited<ReturnType<OpenAPIGenerator['generate']>>

const problemRef = { $ref: '#/components/schemas/Problem' }
const problemAnswer = {
  description: 'What went wrong (RFC 9457)',
  content: { [problemContentType]: { schema: problemRef } },
}

/** The OpenAPI 3.1 document of the whole API, made from the contract and of the few routes that are plain HTTP. */
export async function openApiDocument(): Promise<Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(contract, {
    info: { title: 'Wrale Fleet', version: softwareVersion, description: 'API of a station of a Wrale fleet.' },
    servers: [{ url: apiPrefix }],
    security: [{ localToken: [] }, { browserSession: [] }],
    components: {
      securitySchemes: {
        localToken: { type: 'http', scheme: 'bearer', description: 'Content of `local.token` in the state folder.' },
        browserSession: { type: 'apiKey', in: 'cookie', name: 'wrale_session_PORT' },
      },
    },
    commonSchemas: {
      Problem: { schema: problemSchema, strategy: 'output' },
      Session: { schema: sessionSchema, strategy: 'output' },
      SignInRequest: { schema: signInRequestSchema, strategy: 'input' },
    },
  })
  addSession(document)
  addDiagReport(document)
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of [path?.get, path?.post, path?.put, path?.patch, path?.delete]) {
      if (operation !== undefined) operation.responses = { ...operation.responses, default: problemAnswer }
    }
  }
  return document
}

function addSession(document: Document): void {
  const paths = (document.paths ??= {})
  const session = { $ref: '#/components/schemas/Session' }
  paths['/session'] = {
    ...paths['/session'],
    post: {
      operationId: 'session.create',
      summary: 'Sign in a browser with the code of a one-time link',
      tags: ['Access'],
      security: [],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/SignInRequest' } } },
      },
      responses: {
        201: {
          description: 'Signed in; the session is in a cookie',
          content: { 'application/json': { schema: session } },
        },
      },
    },
    delete: {
      operationId: 'session.end',
      summary: 'Sign out this browser',
      tags: ['Access'],
      responses: { 204: { description: 'Signed out' } },
    },
  }
}

function addDiagReport(document: Document): void {
  const text = (name: string) => ({ name, in: 'path' as const, required: true, schema: { type: 'string' as const } })
  document.paths = {
    ...document.paths,
    '/nodes/{id}/diagnostics/{run}/report': {
      get: {
        operationId: 'nodes.diagnostics.report',
        summary: 'The report of a self-test as a page to read and to print',
        tags: ['Node control'],
        parameters: [text('id'), text('run')],
        responses: { 200: { description: 'The page', content: { 'text/html': { schema: { type: 'string' } } } } },
      },
    },
  }
}
