import { type TamperLevel, tamperLevels, type TamperSettings } from './settings.ts'

export function stricter(a: TamperLevel, b: TamperLevel): TamperLevel {
  return tamperLevels.indexOf(a) >= tamperLevels.indexOf(b) ? a : b
}

/** @param wallMs trusted time, ms since the Unix epoch; undefined where no clock can be trusted */
export function levelAt({ level, quietHours }: TamperSettings, wallMs: number | undefined): TamperLevel {
  if (quietHours === undefined) return level
  if (wallMs === undefined || !Number.isFinite(wallMs)) return stricter(level, quietHours.level)
  const minute = modulo(Math.floor(wallMs / 60_000) + quietHours.utcOffsetMinutes, 1440)
  const [from, to] = [minuteOf(quietHours.from), minuteOf(quietHours.to)]
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to
  return isQuiet ? quietHours.level : level
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}
