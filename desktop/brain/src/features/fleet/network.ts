import { hostname, networkInterfaces } from 'node:os'
import { memberNameSchema } from '@wrale/protocol'

/** Whether an interface other than loopback is up and has an address. */
export function hasNetwork(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal) === true)
}

/** The host's name as far as it can name a member. */
export function hostName(): string {
  const name = hostname()
    .slice(0, 63)
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
  return memberNameSchema.safeParse(name).success ? name : 'station'
}
