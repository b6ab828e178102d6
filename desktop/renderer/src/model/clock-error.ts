import { formatMs } from './format.ts'

/** Below this a clock is right for every purpose here, ms. */
const tolerance = 500

/** How far a member's clock is off. @param reference what it is compared with: "this station" */
export function clockText(errorMs: number | undefined, reference: string): string {
  if (errorMs === undefined) return 'not compared yet'
  if (Math.abs(errorMs) < tolerance) return `agrees with ${reference}`
  return `${formatMs(Math.abs(errorMs))} ${errorMs > 0 ? 'ahead of' : 'behind'} ${reference}`
}
