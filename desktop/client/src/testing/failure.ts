/** The reason for which a promise rejects, caught from now on; it rejects itself when the promise does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  if (outcome === undefined) throw new Error('it was expected to fail')
  return outcome.error
}
