/** Feeds the watchdog with the node's own driver until it is stopped, as the daemon does. */
import { LinuxDevices } from '../../../../edge-node/src/hardware/linux/devices/linux-devices.ts'
import { realRoots } from '../../../../edge-node/src/hardware/linux/sysfs.ts'

const { watchdog } = new LinuxDevices(realRoots).find()
if (watchdog === undefined) throw new Error('no watchdog was found')
await watchdog.open()
setInterval(() => void watchdog.feed(), 1000)
