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
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wrale: the station is not running</title>
<style nonce="${nonce}">
:root { --bg: #f8f6f2; --text: #1b1f24; --quiet: #5b6470; --line: #d8d3c9; --accent: #0b5fb0; --on-accent: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #0a0e13; --text: #e6edf3; --quiet: #93a1b0; --line: #24303c; --accent: #6cc4ff; --on-accent: #04121f; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--bg); color: var(--text); }
body { font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 34rem; padding: 2rem; }
h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
.quiet { color: var(--quiet); }
code { padding: .125rem .375rem; border: 1px solid var(--line); border-radius: .25rem; user-select: all; }
a { display: inline-flex; align-items: center; min-height: 44px; margin-top: .5rem; padding: 0 1.25rem; border-radius: .5rem; }
a { background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none; }
a:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>The station is not running</h1>
<p role="alert">${escapeHtml(error.message)}</p>
<p class="quiet">Code <code>${escapeHtml(error.code)}</code></p>
<p class="quiet">Your nodes go on without it: they keep themselves cool and safe and remember what happens until a station is back.</p>
<p><a href="${appUrl}">Try again</a></p>
</main>
</body>
</html>
`
}
