/** What one look at the node and its machine found. */
export interface Check {
  readonly name: string
  /** `fail`: the daemon cannot do its work. `warn`: it can, but a person should know. */
  readonly status: 'pass' | 'warn' | 'fail'
  readonly detail: string
  /** What to do about it; not with `pass`. */
  readonly hint?: string
}

export function pass(name: string, detail: string): Check {
  return { name, status: 'pass', detail }
}

export function warn(name: string, detail: string, hint: string): Check {
  return { name, status: 'warn', detail, hint }
}

export function fail(name: string, detail: string, hint: string): Check {
  return { name, status: 'fail', detail, hint }
}
