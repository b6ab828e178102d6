export {
  type Detection,
  type Dissemination,
  type Healing,
  measureDetection,
  measureDissemination,
  measureHealing,
  measureTraffic,
  settledFleet,
  type SteadyTraffic,
} from './measures.ts'
export { Simulation, type SimulationOptions } from './simulation.ts'
