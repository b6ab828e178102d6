/** Finds in the text of the repository what compilers and linters do not look for. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sourceFiles } from './files.ts'

interface TextRule {
  readonly files: RegExp
  readonly pattern: RegExp
  readonly complaint: string
}

const CODE = /\.(ts|tsx|mjs|cjs|js)$/
const TEST = /\.(test|spec)\.tsx?$/
const TEXT = /(\.(ts|tsx|mjs|cjs|js|json|md|ya?ml|css|html|sh|service|svg)|(^|\/)\.?[\w-]+)$/
/** These files have to spell out what they forbid. */
const SPELLED_OUT = new Set(['build/checks/text.ts', 'build/checks/text.test.ts'])

const RULES: readonly TextRule[] = [
  {
    files: TEXT,
    pattern: /(^|[^\w.])\/(root|home\/(?!pi\b)[\w.-]+|Users\/[\w.-]+)\/|\b[A-Z]:\\Users\\/,
    complaint: 'a path of one particular machine',
  },
  { files: TEST, pattern: /\.only\(/, complaint: 'a focused test' },
  {
    files: TEST,
    pattern: /\b(it|test|describe)\.(skip|todo|fixme|fails)\((\s*['"`]|\))/,
    complaint: 'a disabled test; use skipIf with the capability that is missing',
  },
  { files: CODE, pattern: /\b(TODO|FIXME|XXX)\b/, complaint: 'unfinished work' },
  { files: CODE, pattern: /\b(oxlint|eslint)-disable|@ts-(ignore|nocheck)\b/, complaint: 'a check switched off' },
]

/** What is wrong with one file's text, as `file:line: complaint`. */
export function textProblems(file: string, text: string): string[] {
  if (SPELLED_OUT.has(file)) return []
  const rules = RULES.filter(({ files }) => files.test(file))
  if (rules.length === 0) return []
  return text
    .split('\n')
    .flatMap((line, index) =>
      rules.filter(({ pattern }) => pattern.test(line)).map(({ complaint }) => `${file}:${index + 1}: ${complaint}`),
    )
}

/** Reads every file under `root`. */
export async function checkText(root: string): Promise<string[]> {
  const files = (await sourceFiles(root)).filter((file) => RULES.some((rule) => rule.files.test(file)))
  const problems = await Promise.all(
    files.map(async (file) => textProblems(file, await readFile(join(root, file), 'utf8'))),
  )
  return problems.flat()
}
