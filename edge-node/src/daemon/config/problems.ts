import { FleetError } from '@wrale/kernel'

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  readonly file: string
  /** Both from 1; left out when the problem is of the whole file. */
  readonly line?: number
  readonly column?: number
  /** Setting, its steps joined by dots; empty for the whole. */
  readonly path: string
  readonly message: string
}

/** More problems than this are counted and not listed. */
const maxListed = 50

/** Everything that is wrong with the configuration, each problem as `file:line:column: path: message`. */
export class ConfigError extends FleetError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const listed = problems.slice(0, maxListed).map(textOf)
    if (problems.length > maxListed) listed.push(`and ${problems.length - maxListed} more`)
    const [first] = problems
    super(
      'CONFIG_INVALID',
      listed.join(';\n'),
      {
        ...(first === undefined ? {} : { file: first.file, path: first.path }),
        ...(first?.line === undefined ? {} : { line: first.line, column: first.column ?? 1 }),
        problems: problems.length,
      },
      options,
    )
    this.problems = problems
  }
}

function textOf({ file, line, column, path, message }: ConfigProblem): string {
  const where = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return [where, ...(path === '' ? [] : [path]), message].join(': ')
}
