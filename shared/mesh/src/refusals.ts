import { errorOfRefusal, type Refusal, refusalSchema } from '@wrale/protocol/wire'

/** An answer that may have been a refusal. @throws FleetError that the refusal names */
export function unlessRefused<T extends object>(answer: T): Exclude<T, Refusal> {
  const refusal = refusalSchema.safeParse(answer)
  if (refusal.success) throw errorOfRefusal(refusal.data)
  return answer as Exclude<T, Refusal>
}
