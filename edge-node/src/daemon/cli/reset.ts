import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { FleetError } from '@wrale/kernel'
import { openDatabase, openStateDirectory, sequenceFile } from '@wrale/host'
import { recordSchema, sqliteStorage } from '@wrale/replica/sqlite'
import { keyChangeFiles } from '../../features/membership/key-change.ts'
import { joinTokenFile, membershipCopyFile, membershipFile } from '../../features/membership/store.ts'
import { identityFile, recordsFile, sequenceFileName } from '../paths.ts'
import { type CommonOptions, print, printJson, stateDirectoryOf } from './common.ts'

/** Files that were set aside because they were damaged. */
const damagedName = /\.damaged-\d+(-wal|-shm|-journal)?$/
/** Records of no fleet: there are none. */
const noFleet = ''

export interface ResetOptions extends CommonOptions {
  readonly yes?: boolean
  readonly newIdentity?: boolean
}

/**
 * `wrale-edge reset`: makes the node forget its fleet. With the identity, of the record store the last sequence number that it used is
 * kept: forgetting that would make others take its new records for old ones.
 */
export async function reset(options: ResetOptions): Promise<void> {
  const stateDirectory = stateDirectoryOf(options)
  const directory = await openStateDirectory(stateDirectory)
  try {
    await confirm(options, stateDirectory)
    // The membership goes first: interrupted after that, the node is unclaimed and nothing else.
    const names = await readdir(directory.path)
    const forgotten = [
      membershipFile,
      membershipCopyFile,
      joinTokenFile,
      ...keyChangeFiles,
      ...names.filter((name) => damagedName.test(name)),
    ]
    if (options.newIdentity === true)
      forgotten.push(recordsFile, `${recordsFile}-wal`, `${recordsFile}-shm`, sequenceFileName, identityFile)
    for (const name of forgotten) await rm(directory.file(name), { recursive: true, force: true })
    const records = directory.file(recordsFile)
    const secondPlace = sequenceFile(directory.file(sequenceFileName))
    if (existsSync(records)) sqliteStorage(openDatabase(records, recordSchema), { fleet: noFleet, secondPlace }).close()
  } finally {
    await directory.release()
  }
  if (options.json === true) printJson({ outcome: 'reset', newIdentity: options.newIdentity === true })
  else print('The node forgot its fleet.')
}

async function confirm(options: ResetOptions, stateDirectory: string): Promise<void> {
  if (options.yes === true) return
  if (!process.stdin.isTTY)
    throw new FleetError('USAGE', 'reset makes the node forget its fleet; add --yes to say that you mean it')
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await prompt.question(`Make the node in ${stateDirectory} forget its fleet? [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw new FleetError('ABORTED', 'nothing was changed')
  } finally {
    prompt.close()
  }
}
