import { type Command, InvalidArgumentError, Option } from 'commander'
import type { StationChoice } from './connect.ts'
import { type OutputForm, outputForms } from './print.ts'

/** Options of every command that speaks to a station. */
export interface ClientOptions extends StationChoice {
  readonly output?: OutputForm
}

/** Adds the options of a command that speaks to a station. */
export function forClients(command: Command, hasOutput: boolean): Command {
  if (hasOutput) command.addOption(new Option('-o, --output <form>', 'form of the output').choices(outputForms))
  return command.option('--server <url>', 'station to ask (default: the one of the state folder)').addOption(stateDir())
}

export function stateDir(): Option {
  return new Option('--state-dir <folder>', 'state folder of the station')
}

export function several(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    return value
  }
}
