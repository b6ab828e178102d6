import type { FleetError } from '@wrale/kernel'
import { appUrl } from './scheme.ts'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '')
}

/** A page without any script that says why there is no station, what still works and what to do. */
export function failurePage(error: Pick<FleetError, 'code' | 'message'>, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="dark light">
<title>Wrale: the station is not running</title>
<style nonce="${nonce}">
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 1.25rem; }
a { display: inline-block; padding: .75rem 1.25rem; border: 1px solid; border-radius: .5rem; color: inherit; }
</style>
</head>
<body>
<main>
<h1>The station is not running</h1>
<p role="alert">${escapeHtml(error.message)}</p>
<p>Code <code>${escapeHtml(error.code)}</code></p>
<p>Your nodes go on without it: they keep themselves cool and safe and remember what happens until a station is back.</p>
<p><a href="${appUrl}">Try again</a></p>
</main>
</body>
</html>
`
}
