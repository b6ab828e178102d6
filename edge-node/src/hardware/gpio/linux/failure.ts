import type { Absence, AbsenceReason } from '../gpio.ts'

const reasons: Readonly<Record<string, AbsenceReason>> = {
  EBUSY: 'busy',
  EACCES: 'no-permission',
  EPERM: 'no-permission',
  EROFS: 'no-permission',
  EINVAL: 'no-line',
  ENOENT: 'no-line',
  ENODEV: 'no-line',
}

const sentences: Partial<Record<AbsenceReason, string>> = {
  busy: 'another consumer holds it',
  'no-permission': 'this user may not use it (group gpio)',
  'no-line': 'the chip has no such line, or it cannot have that direction',
}

/** What the kernel's refusal of a line means. */
export function absenceOf(error: unknown, what: string): Absence {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = reasons[code] ?? 'failed'
  const sentence = sentences[reason] ?? (error instanceof Error ? error.message : String(error))
  return { reason, detail: `${what}: ${sentence}${code === '' ? '' : ` [${code}]`}` }
}
