import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { expect, it } from 'vitest'
import { GpioLines } from '../gpio/lines.ts'
import { linesSchema } from '../gpio/settings.ts'
import { SimulatedLines } from '../gpio/simulated/lines.ts'
import { describeFanConformance } from '../testing/devices-conformance.ts'
import { GpioFan } from './gpio-fan.ts'

async function make() {
  const clock = new VirtualClock()
  const driver = new SimulatedLines({ clock })
  const lines = linesSchema.parse([
    { name: 'fan', pin: 18, direction: 'out', safe: 'on' },
    { name: 'door', pin: 17, direction: 'in' },
  ])
  const gpio = new GpioLines({ driver, clock, logger: silentLogger }, { lines })
  await gpio.start()
  return { gpio, pin: driver.pin({ pin: 18 }), fan: new GpioFan({ gpio }, 'fan'), dispose: () => gpio.stop() }
}

describeFanConformance('a fan behind a line', async () => {
  const { dispose, fan, pin } = await make()
  const fail = (isBroken: boolean): void => {
    if (isBroken) pin.inject('stuck')
    else pin.mend()
  }
  await fan.setDuty(0)
  await fan.release()
  return { fan, dispose, fail, step: 1, turns: () => (pin.voltage === 'high' ? 1 : 0) }
})

it('stays as it is when it is released', async () => {
  const { fan, pin } = await make()
  await fan.setDuty(0.3)
  await fan.release()
  expect(pin.voltage).toBe('high')
})

it('says so when its line is none that can be driven', async () => {
  const { gpio } = await make()
  await expect(new GpioFan({ gpio }, 'door').setDuty(1)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  await expect(new GpioFan({ gpio }, 'nothing').setDuty(1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
