import type { DiagReport, DiagResult, DiagStatus } from './diagnostics.ts'

const words: Readonly<Record<DiagStatus, string>> = { pass: 'Pass', warn: 'Warning', fail: 'Fail', skip: 'Not run' }

/** On paper there are no colours to rely on: the words carry the meaning. */
const style = `
  :root { color-scheme: light; }
  body { font: 14px/1.45 system-ui, sans-serif; color: #111; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
  dt { color: #555; } dd { margin: 0; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid #ccc; }
  thead { display: table-header-group; } tr { break-inside: avoid; }
  .pass { color: #1b6e35; } .warn { color: #8a5a00; } .fail { color: #b00020; } .skip { color: #555; }
  td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
  .detail { color: #333; }
  @page { margin: 15mm; }
  @media print { body { margin: 0; max-width: none; padding: 0; } }
`

/**
 * A report as a page that stands for itself, on a screen and on paper: no scripts, nothing that is fetched. Every text is from the node and
 * is escaped.
 * @param nonce lets the page's style through a Content-Security-Policy
 */
export function diagReportHtml(report: DiagReport, nonce?: string): string {
  const { node, results, status } = report
  const count = (wanted: DiagStatus): number => results.filter((result) => result.status === wanted).length
  const title = `Self-test of ${node.name}, ${report.startedAt.slice(0, 16).replace('T', ' ')} UTC`
  const facts: ReadonlyArray<readonly [string, string]> = [
    [
      'Result',
      `${words[status]}: ${count('pass')} pass, ${count('warn')} warn, ${count('fail')} fail, ${count('skip')} not run`,
    ],
    ...(report.aborted === undefined ? [] : [['Broken off', report.aborted] as const]),
    ['Node', `${node.name} (${node.id})`],
    ['Model', node.model],
    ['Software', node.software],
    ['Started', `${report.startedAt}, by the node’s clock`],
    ['Took', seconds(report.durationMs)],
    ['Asked for by', report.by],
    ['Under load', report.load ? 'yes' : 'no'],
    ['Run', report.id],
  ]
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title>`,
    `<style${nonce === undefined ? '' : ` nonce="${escaped(nonce)}"`}>${style}</style>`,
    `</head><body><h1>${escaped(title)}</h1>`,
    `<dl>${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`,
    '<table><thead><tr><th scope="col">Result</th><th scope="col">Test</th><th scope="col">Found</th>',
    '<th scope="col">Expected</th><th scope="col">Took</th></tr></thead><tbody>',
    ...results.map(rowOf),
    '</tbody></table></body></html>\n',
  ].join('\n')
}

function rowOf({ title, status, reading, expected, detail, durationMs }: DiagResult): string {
  const cells = [
    `<td class="${status}">${words[status]}</td>`,
    `<td>${escaped(title)}<div class="detail">${escaped(detail)}</div></td>`,
    `<td>${escaped(reading ?? '')}</td>`,
    `<td>${escaped(expected ?? '')}</td>`,
    `<td class="number">${seconds(durationMs)}</td>`,
  ]
  return `<tr>${cells.join('')}</tr>`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}
