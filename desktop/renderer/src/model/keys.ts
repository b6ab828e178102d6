/** What a person can do from the keyboard. One table feeds the key handler, the help and the palette's hints. */
export const commands = {
  palette: { keys: ['mod+k'], label: 'Search and commands', group: 'Everywhere' },
  help: { keys: ['?'], label: 'Keyboard help', group: 'Everywhere' },
  goOverview: { keys: ['g o'], label: 'Go to the overview', group: 'Everywhere' },
  goNodes: { keys: ['g n'], label: 'Go to nodes', group: 'Everywhere' },
  goGroups: { keys: ['g g'], label: 'Go to groups', group: 'Everywhere' },
  goMesh: { keys: ['g m'], label: 'Go to the mesh', group: 'Everywhere' },
  goEvents: { keys: ['g e'], label: 'Go to events', group: 'Everywhere' },
  goConflicts: { keys: ['g c'], label: 'Go to conflicts', group: 'Everywhere' },
  goSecurity: { keys: ['g s'], label: 'Go to security', group: 'Everywhere' },
  goTokens: { keys: ['g t'], label: 'Go to join tokens', group: 'Everywhere' },
  utc: { keys: ['u'], label: 'Times in UTC or local', group: 'Everywhere' },
  theme: { keys: ['t'], label: 'Next theme', group: 'Everywhere' },
  back: { keys: ['Escape'], label: 'One step back', group: 'Everywhere' },
  filter: { keys: ['/'], label: 'Filter', group: 'Lists' },
  next: { keys: ['j', 'ArrowDown'], label: 'Next row', group: 'Lists' },
  previous: { keys: ['k', 'ArrowUp'], label: 'Previous row', group: 'Lists' },
  extendNext: { keys: ['shift+j', 'shift+ArrowDown'], label: 'Select on to the next row', group: 'Lists' },
  extendPrevious: { keys: ['shift+k', 'shift+ArrowUp'], label: 'Select on to the previous row', group: 'Lists' },
  first: { keys: ['Home'], label: 'First row', group: 'Lists' },
  last: { keys: ['End'], label: 'Last row', group: 'Lists' },
  peek: { keys: [' '], label: 'Open in the side panel', group: 'Lists' },
  open: { keys: ['Enter'], label: 'Open the page', group: 'Lists' },
  select: { keys: ['x'], label: 'Select', group: 'Lists' },
  waiting: { keys: ['.'], label: 'Show what waits', group: 'Lists' },
  view: { keys: ['v'], label: 'Table or cards; graph, matrix or list', group: 'Lists' },
  follow: { keys: ['l'], label: 'Follow live', group: 'Charts' },
} as const satisfies Record<string, { keys: readonly string[]; label: string; group: string }>

export type Command = keyof typeof commands
export const commandNames = Object.keys(commands) as readonly Command[]

export interface KeyStroke {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/** Time within which the second key of a sequence must follow, ms. */
const sequenceMs = 1200

/** A stroke in the notation of `commands`. Shift counts only where the character does not already tell it. */
export function strokeName({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyStroke): string {
  const letter = /^[A-Za-z]$/.test(key)
  const name = letter ? key.toLowerCase() : key
  const shift = shiftKey && (letter || key.length > 1) ? 'shift+' : ''
  return `${ctrlKey || metaKey ? 'mod+' : ''}${altKey ? 'alt+' : ''}${shift}${name}`
}

/** Turns strokes into commands, sequences such as `g n` included. */
export class KeyMatcher {
  readonly #byKeys = new Map<string, Command>()
  readonly #starts = new Set<string>()
  #first: { readonly name: string; readonly atMs: number } | undefined

  constructor() {
    for (const command of commandNames) {
      for (const keys of commands[command].keys) {
        this.#byKeys.set(keys, command)
        const [start, second] = keys.split(' ')
        if (start !== undefined && start !== '' && second !== undefined && second !== '') this.#starts.add(start)
      }
    }
  }

  /** @param atMs any clock that does not go back */
  match(stroke: KeyStroke, atMs: number): Command | undefined {
    const name = strokeName(stroke)
    const first = this.#first
    this.#first = undefined
    if (first !== undefined && atMs - first.atMs <= sequenceMs) {
      const command = this.#byKeys.get(`${first.name} ${name}`)
      if (command !== undefined) return command
    }
    if (this.#starts.has(name)) this.#first = { name, atMs }
    return this.#byKeys.get(name)
  }
}

/** Keys of a command as a person reads them: "Ctrl K", "g then n". */
export function keyWords(keys: string): readonly string[] {
  const words: Readonly<Record<string, string>> = {
    mod: 'Ctrl',
    shift: 'Shift',
    alt: 'Alt',
    ArrowDown: '↓',
    ArrowUp: '↑',
    Escape: 'Esc',
    ' ': 'Space',
  }
  if (keys === ' ') return ['Space']
  return keys
    .split(/[+ ]/)
    .map((part) => words[part] ?? (part.length === 1 && keys.includes('+') ? part.toUpperCase() : part))
}

/** What one step back leaves, the innermost first. */
export type Step = 'panel' | 'selection' | 'filter' | 'page'

export function stepBack(state: {
  readonly panel: boolean
  readonly selection: boolean
  readonly filter: boolean
  readonly deep: boolean
}): Step | undefined {
  if (state.panel) return 'panel'
  if (state.selection) return 'selection'
  if (state.filter) return 'filter'
  return state.deep ? 'page' : undefined
}
