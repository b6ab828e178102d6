import { SimulatedI2cAdapter } from '../i2c/simulated/adapter.ts'
import { SimulatedBme280 } from '../i2c/simulated/bme280.ts'
import { SimulatedMax17048 } from '../i2c/simulated/max17048.ts'
import { SimulatedIna219, SimulatedIna226 } from '../i2c/simulated/power-chips.ts'
import { SimulatedLm75, SimulatedTmp102 } from '../i2c/simulated/temperature-chips.ts'
import { cellVolts, chargeEfficiency, dischargeEfficiency } from './battery.ts'
import type { MachineState } from './machine.ts'
import type { SimulatedWorld } from './world.ts'

/** N of /dev/i2c-N: the bus on the header of a Raspberry Pi. */
export const simulatedBus = 1
const addresses = { air: 0x76, supply: 0x40, battery: 0x36 } as const
/** Chips that are there as well, for configurations that name them. */
const more = { air: 0x77, warmths: [0x48, 0x49], coarseWarmth: 0x4a, supply: 0x41 } as const
/** Of the meter in the supply, ohms. */
const shuntOhms = 0.1
/** Mean at sea level (ISO 2533), Pa. */
const seaLevelPascals = 101_325
const noise = { kelvin: 0.02, pascals: 3, humidity: 0.001 } as const

/** The board's I2C bus: chips that measure the air around it, its supply and its battery, and what faults do to them. */
export function makeSimulatedBus(world: SimulatedWorld): SimulatedI2cAdapter {
  const air = { celsius: 0, pascals: 0, humidityRatio: 0 }
  const supply = { busVolts: 0, amperes: 0, shuntOhms }
  const cell = { volts: 0, chargeRatio: 0, ratioPerHour: 0 }
  const measure = (state: MachineState): void => {
    Object.assign(air, airOf(state))
    Object.assign(supply, supplyOf(state))
    Object.assign(cell, cellOf(state, world.faults.has('battery-aged')))
  }
  const bus = new SimulatedI2cAdapter({ name: `i2c-${simulatedBus}`, before: () => measure(world.now()) })
  bus.attach(addresses.air, new SimulatedBme280(air))
  bus.attach(addresses.supply, new SimulatedIna219(supply))
  bus.attach(addresses.battery, new SimulatedMax17048(cell))
  bus.attach(more.air, new SimulatedBme280(air))
  for (const address of more.warmths) bus.attach(address, new SimulatedTmp102(air))
  bus.attach(more.coarseWarmth, new SimulatedLm75(air))
  bus.attach(more.supply, new SimulatedIna226(supply))
  let isHanging = false
  let isRemoved = false
  world.faultsChanged.subscribe((faults) => {
    if (faults.has('i2c-hang') !== isHanging) {
      isHanging = !isHanging
      if (isHanging) bus.hang()
      else bus.release()
    }
    if (faults.has('component-removed') !== isRemoved) {
      isRemoved = !isRemoved
      bus.setFault(addresses.air, isRemoved ? 'unplug' : undefined)
    }
  })
  return bus
}

function airOf({ air, noise: drawn }: MachineState) {
  return {
    celsius: air.celsius + noise.kelvin * drawn.air,
    pascals: seaLevelPascals + noise.pascals * drawn.pressure,
    humidityRatio: Math.min(1, Math.max(0, air.humidityRatio + noise.humidity * drawn.humidity)),
  }
}

function supplyOf({ supplyVolts, boardWatts }: MachineState) {
  return { busVolts: supplyVolts, amperes: supplyVolts > 0 ? boardWatts / supplyVolts : 0 }
}

function cellOf({ batteryJoules, batteryCapacityJoules, batteryFlow }: MachineState, isAged: boolean) {
  const chargeRatio = batteryJoules / batteryCapacityJoules
  const outWatts = batteryFlow.outWatts / dischargeEfficiency - batteryFlow.inWatts * chargeEfficiency
  return {
    volts: cellVolts(chargeRatio, outWatts, isAged),
    chargeRatio,
    ratioPerHour: (-outWatts * 3600) / batteryCapacityJoules,
  }
}
