/**
 * A hostile peer. Words: STAGE-FILE BEHAVIOUR MILLISECONDS. Prints what came of it as one JSON line, `{behaviour, ...}`.
 */
import { FleetError } from '@wrale/kernel'
import { Impostor } from './impostor.ts'
import { members } from './members.ts'
import { multicast } from './multicast.ts'
import { readStage } from './stage.ts'
import { strangers } from './strangers.ts'
import type { Behaviour } from './behaviour.ts'

const [file = '', name = '', ms = '3000'] = process.argv.slice(2)
const behaviours: Readonly<Record<string, Behaviour>> = { ...strangers, ...members, ...multicast }
const behaviour = behaviours[name]
if (behaviour === undefined) throw new FleetError('USAGE', `no such behaviour: ${name}`)
const stage = readStage(file)
const impostor = await Impostor.create(stage)
const outcome = await behaviour({ stage, impostor, ms: Number(ms) })
process.stdout.write(`${JSON.stringify({ behaviour: name, ...outcome })}\n`)
process.exit(0)
