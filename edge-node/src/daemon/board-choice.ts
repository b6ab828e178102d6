import { type Clock, FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { EdgeConfig } from '@wrale/protocol/config'
import { LinuxBoard } from '../hardware/linux/board.ts'
import { SimulatedBoard } from '../hardware/simulated/board.ts'
import { seedOf } from '../hardware/simulated/random.ts'

/**
 * The driver that the configuration asks for. `auto` takes the machine itself, never the simulation.
 * @throws FleetError CONFIG_INVALID where there is no driver for this machine
 */
export function makeBoard(
  clock: Clock,
  config: EdgeConfig,
  about: {
    readonly id: PeerIdText
    readonly diskPath: string
    readonly originalsFile: string
    readonly platform?: NodeJS.Platform
  },
): LinuxBoard | SimulatedBoard {
  if (config.metal === 'simulated') {
    const { ambientCelsius, faults, seed } = config.simulation
    return new SimulatedBoard({ clock }, { seed: seed ?? seedOf(about.id), ambientCelsius, faults })
  }
  const platform = about.platform ?? process.platform
  if (platform !== 'linux') {
    throw new FleetError('CONFIG_INVALID', `there is no driver for ${platform}; --metal simulated runs anywhere`, {
      platform,
    })
  }
  return new LinuxBoard({ clock }, { diskPath: about.diskPath, originalsFile: about.originalsFile })
}
