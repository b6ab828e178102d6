import type { MaintenanceView } from '@wrale/protocol/node'
import type { StorageFacts } from '../../hardware/board.ts'
import type { RainflowState } from './rainflow.ts'

type Prediction = MaintenanceView['predictions'][number]

/** Hours after which a tenth of small ball-bearing fans have failed (L10), as makers of such fans commonly rate them at 40 °C. */
const fanRatedHours = 50_000
/** With less time in service what comes in a day cannot be told. */
const enoughSeconds = 7 * 86_400

export interface Wear {
  readonly runSeconds: number
  readonly fanSeconds: number
  readonly cycles: RainflowState
  readonly storage: StorageFacts | undefined
}

/** When parts are taken to reach the end of their life, as far as what was counted says so. */
export function predictionsOf({ runSeconds, fanSeconds, storage }: Wear): Prediction[] {
  return [...fanPrediction(runSeconds, fanSeconds), ...storagePrediction(storage)]
}

function fanPrediction(runSeconds: number, fanSeconds: number): Prediction[] {
  if (fanSeconds === 0) return []
  const hours = fanSeconds / 3600
  const about = { part: 'fan', label: 'Fan bearing', usedRatio: hours / fanRatedHours }
  const rated = `of ${fanRatedHours} h, after which one in ten such fans has failed; the fan's own rating is not known`
  if (runSeconds < enoughSeconds) {
    return [
      {
        ...about,
        reasoning: `${hours.toFixed(1)} h ${rated}. Less than 7 days in service: too little to say how fast`,
      },
    ]
  }
  const hoursPerDay = (fanSeconds / runSeconds) * 24
  const remainingDays = Math.max(0, (fanRatedHours - hours) / hoursPerDay)
  return [
    {
      ...about,
      remainingDays,
      reasoning: `${hours.toFixed(0)} h ${rated}. It turns ${hoursPerDay.toFixed(1)} h a day while the node is in service`,
    },
  ]
}

function storagePrediction(storage: StorageFacts | undefined): Prediction[] {
  const { lifeUsedRatio, reserve } = storage ?? {}
  if (lifeUsedRatio === undefined) return []
  const spare = reserve === undefined ? '' : `; its reserve blocks are ${reserve}`
  return [
    {
      part: 'storage',
      label: 'Storage',
      usedRatio: lifeUsedRatio,
      reasoning: `The memory itself says that up to ${Math.round(lifeUsedRatio * 100)} % of its life is used, in steps of a tenth${spare}`,
    },
  ]
}
