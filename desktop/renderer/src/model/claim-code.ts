/** Letters and digits of a claim code. */
export const claimCodeLength = 12
const groupLength = 4

/** Codes are in Crockford's base32, which has none of these; U is the one letter that is left out without a likeness. */
const lookalikes: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' }

/** What a person typed or pasted, as far as it belongs to a code: separators go, letters become capitals, lookalikes digits. */
export function readClaimCode(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll(/[ILO]/g, (letter) => lookalikes[letter] ?? letter)
    .slice(0, claimCodeLength)
}

/** A code, or the beginning of one, as machines show it: three groups of four. */
export function groupClaimCode(code: string): string {
  return (code.match(new RegExp(`.{1,${groupLength}}`, 'g')) ?? []).join('-')
}

/** What is missing or wrong, in words; undefined when the code is whole. */
export function claimCodeGap(code: string): string | undefined {
  if (code.includes('U')) return 'Codes have no U: look again, it may be a V.'
  const missing = claimCodeLength - code.length
  if (missing <= 0) return undefined
  return missing === claimCodeLength
    ? 'Enter the 12 characters.'
    : `${missing} more ${missing === 1 ? 'character' : 'characters'}.`
}
