/** A title and lines of a label and a text. */
export type Section = readonly [title: string, lines: ReadonlyArray<readonly [label: string, text: string]>]

/** A section a paragraph, the values in one column. The first may have no title. */
export function sectionsText(sections: readonly Section[]): string {
  const shown = sections.filter(([, lines]) => lines.length > 0)
  const width = Math.max(...shown.flatMap(([, lines]) => lines.map(([label]) => label.length)))
  return shown
    .map(([title, lines]) => {
      const indent = title === '' ? '' : '  '
      const body = lines.map(([label, text]) => `${indent}${`${label}:`.padEnd(width + 1)}  ${text}`)
      return [...(title === '' ? [] : [`${title}:`]), ...body].join('\n')
    })
    .join('\n')
}
