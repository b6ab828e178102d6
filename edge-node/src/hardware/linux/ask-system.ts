import type { AskSystem } from './identity.ts'

/** The `systeminformation` package: large, so it is loaded only when the kernel's own files do not name the machine. */
export const askSystemInformation: AskSystem = async () => {
  const { default: information } = await import('systeminformation')
  const { manufacturer, model } = await information.system()
  return { manufacturer, model }
}
