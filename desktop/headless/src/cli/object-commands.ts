import { type Command, Option } from 'commander'
import { FleetError } from '@wrale/kernel'
import { eventSeveritySchema, type EventView, parseSelector, type Selector } from '@wrale/protocol/api'
import { applyFile, diffFile } from './apply.ts'
import { changeNodes } from './change-nodes.ts'
import { type Decision, getConflicts, settleConflict } from './conflicts.ts'
import { getEvents } from './events.ts'
import { getNodes } from './get.ts'
import { deleteGroup, describeGroup, getGroups } from './groups.ts'
import { type HistoryType, historyTypes, printHistory } from './history.ts'
import { parseLabelWords } from './label.ts'
import { type NotesChange, placeParts } from './notes-diff.ts'
import { type ClientOptions, forClients, integer } from './options.ts'
import { outputForms, type OutputForm, type Terminal } from './print.ts'

type Place = NonNullable<NotesChange['place']>

interface SelectorOption {
  readonly selector?: Selector
}

const nodeWords = 'their names, ids, or parts of either'

/** What can be asked about what operators said and what happened. */
export function addObjectQueries(get: Command, describe: Command, terminal: Terminal): void {
  forClients(get.command('nodes').description('list all nodes, absent ones included'), false)
    .addOption(
      new Option('-o, --output <form>', 'form of the output; wide adds labels, place and groups').choices([
        ...outputForms,
        'wide',
      ]),
    )
    .addOption(selectorOption())
    .action(
      async ({
        output = 'table',
        selector,
        ...choice
      }: Omit<ClientOptions, 'output'> & SelectorOption & { output?: OutputForm | 'wide' }) =>
        getNodes(terminal, choice, { selector, wide: output === 'wide' }, output === 'wide' ? 'table' : output),
    )
  forClients(get.command('groups').description('list groups of nodes'), true).action(
    async ({ output = 'table', ...choice }: ClientOptions) => getGroups(terminal, choice, output),
  )
  forClients(get.command('conflicts').description('list what stations set without knowing of each other'), true).action(
    async ({ output = 'table', ...choice }: ClientOptions) => getConflicts(terminal, choice, output),
  )
  forClients(get.command('events').description('list what happened, the newest first'), true)
    .option('--member <name>', 'by or about this node or station')
    .addOption(new Option('--severity <severity>', 'only these').choices(eventSeveritySchema.options))
    .option('--name <beginning>', 'events whose names begin so, such as security.')
    .option('--limit <number>', 'most events that are listed', integer(1, 100_000), 100)
    .action(
      async ({
        output = 'table',
        member,
        severity,
        name,
        limit,
        ...choice
      }: ClientOptions & { member?: string; severity?: EventView['severity']; name?: string; limit: number }) =>
        getEvents(terminal, choice, { member, severity, name, limit }, output),
    )
  forClients(describe.command('group').description('show one group').argument('<group>', 'its name'), true).action(
    async (name: string, { output = 'table', ...choice }: ClientOptions) =>
      describeGroup(terminal, choice, name, output),
  )
}

/** What changes what operators say of nodes and groups. */
export function addObjectCommands(program: Command, terminal: Terminal): void {
  addNodeNotes(program, terminal)
  forClients(program.command('apply').description('make nodes and groups as a file says'), true)
    .requiredOption('-f, --file <file>', 'YAML file with documents of kind Node and Group; - reads standard input')
    .option('--dry-run', 'only say what would change')
    .action(
      async ({
        output = 'table',
        file,
        dryRun = false,
        ...choice
      }: ClientOptions & { file: string; dryRun?: boolean }) => applyFile(terminal, choice, { file, dryRun }, output),
    )
  forClients(
    program.command('diff').description('show what "apply" would change; ends with 1 when that is anything'),
    true,
  )
    .requiredOption('-f, --file <file>', 'YAML file; - reads standard input')
    .action(async ({ output = 'table', file, ...choice }: ClientOptions & { file: string }) =>
      diffFile(terminal, choice, file, output),
    )
  const remove = program.command('delete').description('remove things')
  forClients(remove.command('group').description('remove a group').argument('<group>', 'its name'), true).action(
    async (name: string, { output = 'table', ...choice }: ClientOptions) => deleteGroup(terminal, choice, name, output),
  )
  forClients(program.command('history').description('show what was said of a node or a group, the newest first'), true)
    .addArgument(program.createArgument('<type>', 'what it is').choices(historyTypes))
    .argument('<name>', 'its name')
    .option('--field <field>', 'only this field, such as label/env or note')
    .action(
      async (
        type: HistoryType,
        name: string,
        { output = 'table', field, ...choice }: ClientOptions & { field?: string },
      ) => printHistory(terminal, choice, { type, name, field }, output),
    )
  const conflict = program.command('conflict').description('decide what stations set without knowing of each other')
  forClients(conflict.command('settle').description('say which value holds'), true)
    .argument('<object>', 'such as node/roof-1 or group/roofs')
    .argument('<field>', 'such as label/env')
    .option('--keep', 'the value that holds')
    .option('--take <member>', 'the value that this station set')
    .option('--value <value>', 'another value')
    .action(
      async (
        object: string,
        field: string,
        { output = 'table', keep, take, value, ...choice }: ClientOptions & DecisionOptions,
      ) => settleConflict(terminal, choice, { object, field }, decisionOf({ keep, take, value }), output),
    )
}

function addNodeNotes(program: Command, terminal: Terminal): void {
  forClients(program.command('label').description('set labels of nodes (key=value) and remove them (key-)'), true)
    .argument('[words...]', `nodes, by ${nodeWords}; then labels`)
    .addOption(selectorOption())
    .option('--undo', 'take back the last change of labels')
    .action(
      async (
        words: string[],
        { output = 'table', selector, undo = false, ...choice }: ClientOptions & SelectorOption & { undo?: boolean },
      ) => {
        const { names, labels } = parseLabelWords(words)
        if (undo === Object.keys(labels).length > 0) {
          throw new FleetError('USAGE', 'give labels such as env=prod or env-, or --undo')
        }
        const change = undo ? { undo: (field: string) => field.startsWith('label/') } : { labels }
        await changeNodes(terminal, choice, { names, selector, change }, output)
      },
    )
  forClients(program.command('note').description('say something of a node'), true)
    .argument('<node>', 'its name, its id, or a part of either')
    .argument('[text]', 'what to say')
    .option('--remove', 'say nothing any more')
    .option('--undo', 'take back the last change of the note')
    .action(
      async (
        node: string,
        text: string | undefined,
        {
          output = 'table',
          remove = false,
          undo = false,
          ...choice
        }: ClientOptions & { remove?: boolean; undo?: boolean },
      ) => {
        if ([text !== undefined, remove, undo].filter(Boolean).length !== 1) {
          throw new FleetError('USAGE', 'give a text, --remove or --undo')
        }
        const change = undo ? { undo: (field: string) => field === 'note' } : { note: text ?? null }
        await changeNodes(terminal, choice, { names: [node], change }, output)
      },
    )
  const place = forClients(program.command('place').description('say where nodes are; an empty value removes'), true)
    .argument('[nodes...]', nodeWords)
    .addOption(selectorOption())
    .option('--undo', 'take back the last change of the place')
  for (const part of placeParts) place.option(`--${part} <${part}>`)
  place.action(
    async (
      names: string[],
      {
        output = 'table',
        selector,
        undo = false,
        ...rest
      }: ClientOptions & SelectorOption & Place & { undo?: boolean },
    ) => {
      const { site, zone, rack, slot, ...choice } = rest
      const given = Object.entries({ site, zone, rack, slot }).filter(([, value]) => value !== undefined)
      if (undo === given.length > 0) throw new FleetError('USAGE', 'give --site, --zone, --rack or --slot, or --undo')
      const parts: Place = Object.fromEntries(given.map(([part, value]) => [part, value === '' ? null : value]))
      const change = undo ? { undo: (field: string) => field.startsWith('place.') } : { place: parts }
      await changeNodes(terminal, choice, { names, selector, change }, output)
    },
  )
}

function selectorOption(): Option {
  return new Option('-l, --selector <labels>', 'nodes with all these labels, such as env=prod,zone=roof').argParser(
    parseSelector,
  )
}

interface DecisionOptions {
  readonly keep?: boolean | undefined
  readonly take?: string | undefined
  readonly value?: string | undefined
}

/** @throws FleetError USAGE unless exactly one is given */
function decisionOf({ keep = false, take, value }: DecisionOptions): Decision {
  const given: Decision[] = [
    ...(keep ? [{ keep: true } as const] : []),
    ...(take === undefined ? [] : [{ take }]),
    ...(value === undefined ? [] : [{ value }]),
  ]
  const [decision] = given
  if (decision === undefined || given.length > 1) throw new FleetError('USAGE', 'give --keep, --take or --value')
  return decision
}
