// Runs before the first paint, so that the page never flashes in another theme. The same choice is made in src/theme/resolve.ts.
;(() => {
  let chosen = 'system'
  try {
    chosen = JSON.parse(localStorage.getItem('wrale.preferences') ?? '{}').theme ?? chosen
  } catch {
    // Storage is blocked or damaged: follow the system.
  }
  const system = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'
  document.documentElement.dataset.theme = ['dark', 'light', 'outdoor'].includes(chosen) ? chosen : system
})()
