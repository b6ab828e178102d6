import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { FleetError } from '@wrale/kernel'
import { type Context, Hono } from 'hono'
import { problemResponse } from './problems.ts'

const noncePlaceholder = '__CSP_NONCE__'
const hashedFolder = '/assets/'

/** Variables that the security headers leave for the page. */
export interface WebEnv {
  Variables: { secureHeadersNonce?: string }
}

/**
 * Folder of the built web UI, or undefined when it was not built: beside the bundle when run from one, the renderer's when run from
 * the sources.
 */
export function findWebRoot(): string | undefined {
  const folders = [join(import.meta.dirname, 'web'), join(import.meta.dirname, '..', '..', '..', 'renderer', 'dist')]
  return folders.find((folder) => existsSync(join(folder, 'index.html')))
}

/** The web UI's files. Names with a hash never change; the page itself is asked for each time and gets a fresh nonce for its styles. */
export function webUi(root: string | undefined): Hono<WebEnv> {
  const app = new Hono<WebEnv>()
  if (root === undefined) {
    return app.get('*', () =>
      problemResponse(new FleetError('NOT_FOUND', 'the web UI was not built: run npm run build')),
    )
  }
  app.get('/', (c) => page(c, root))
  app.get('/index.html', (c) => page(c, root))
  app.get(
    '*',
    serveStatic<WebEnv>({
      root,
      onFound: (_path, c) => {
        const forever = c.req.path.startsWith(hashedFolder)
        c.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    }),
  )
  // Places in the UI are paths of their own; only a browser that wants a page gets it.
  app.get('*', (c) => {
    const wantsPage = c.req.header('accept')?.includes('text/html') === true
    if (wantsPage && !c.req.path.startsWith(hashedFolder)) return page(c, root)
    return problemResponse(new FleetError('NOT_FOUND', 'there is nothing at this path'))
  })
  return app
}

async function page(c: Context<WebEnv>, root: string): Promise<Response> {
  const html = await readFile(join(root, 'index.html'), 'utf8')
  c.header('cache-control', 'no-store')
  return c.html(html.replaceAll(noncePlaceholder, c.get('secureHeadersNonce') ?? ''))
}
