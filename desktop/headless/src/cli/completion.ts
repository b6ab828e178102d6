import type { Command } from 'commander'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** A script that completes commands and options; it is made from the commands themselves. */
export function completionScript(program: Command, shell: Shell): string {
  const paths = pathsOf(program, [])
  if (shell === 'fish') return fish(paths)
  const cases = paths.map(({ path, words, isLeaf }) => {
    const typed = path.join(' ')
    // After its arguments a command still takes the same options.
    return `    '${typed}'${isLeaf ? `|'${typed} '*` : ''}) words='${words.join(' ')}' ;;`
  })
  const bash = [
    '_wrale() {',
    '  local word path= words=',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case "$word" in -*) ;; *) path="${path:+$path }$word" ;; esac',
    '  done',
    '  case "$path" in',
    ...cases,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -F _wrale wrale',
  ]
  return [...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []), ...bash].join('\n')
}

interface CommandPath {
  readonly path: readonly string[]
  /** What can stand after it. */
  readonly words: readonly string[]
  /** It takes arguments and not commands. */
  readonly isLeaf: boolean
}

function pathsOf(command: Command, path: readonly string[]): CommandPath[] {
  const options = command.options.flatMap(({ long, hidden }) => (long === undefined || hidden ? [] : [long]))
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices)
  const words = [...command.commands.map((sub) => sub.name()), ...choices, ...options]
  return [
    { path, words, isLeaf: command.commands.length === 0 },
    ...command.commands.flatMap((sub) => pathsOf(sub, [...path, sub.name()])),
  ]
}

function fish(paths: readonly CommandPath[]): string {
  const lines = paths.map(({ path, words }) => {
    const last = path.at(-1)
    const condition = last === undefined ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${last}`
    return `complete -c wrale -f -n '${condition}' -a '${words.join(' ')}'`
  })
  return lines.join('\n')
}
