import react from '@vitejs/plugin-react'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

/** The policy that the station sends; preview sends it too, so that a violation shows before it ships. */
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

/** Serves the page as the station does: one nonce per answer, in the header and in the page. */
function strictPreview(): Plugin {
  return {
    name: 'wrale-strict-preview',
    configurePreviewServer({ config, middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.headers.accept?.includes('text/html') !== true) return next()
        const nonce = randomBytes(16).toString('base64')
        const page = readFileSync(resolve(config.root, config.build.outDir, 'index.html'), 'utf8')
        response.setHeader('content-type', 'text/html; charset=utf-8')
        response.setHeader('content-security-policy', contentSecurityPolicy(nonce))
        response.end(page.replace('__CSP_NONCE__', nonce))
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
    // One sheet, there from the start: a sheet that fails to load with a part is never asked for again, and the part stays bare.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
  },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
})
