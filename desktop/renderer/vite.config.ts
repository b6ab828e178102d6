import react from '@vitejs/plugin-react'
import { randomBytes } from 'node:crypto'
import { defineConfig, type Plugin } from 'vite'

/** The policy that the station sends; dev and preview send it too, so that a violation shows before it ships. */
const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** What the station does with the page: one nonce per answer, in the header and in the page. */
function strictPreview(): Plugin {
  return {
    name: 'wrale-strict-preview',
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        const isPage = request.headers.accept?.includes('text/html') === true
        if (!isPage) return next()
        const nonce = randomBytes(16).toString('base64')
        response.setHeader('content-security-policy', contentSecurityPolicy(nonce))
        const end = response.end.bind(response)
        const withNonce = (chunk: unknown, ...rest: never[]): typeof response => {
          const text = Buffer.isBuffer(chunk) ? chunk.toString('utf8') : chunk
          if (typeof text !== 'string') return end(chunk as never, ...rest)
          const page = text.replace('__CSP_NONCE__', nonce)
          response.setHeader('content-length', Buffer.byteLength(page))
          return end(page as never, ...rest)
        }
        response.end = withNonce as typeof response.end
        next()
      })
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), strictPreview()],
  // Hashed names are immutable; only files of `public/` and the page itself are asked for again.
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'chrome130',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
})
