/** Structured fields of a log line. Never put a secret here. `error` takes any thrown value. */
export type LogFields = Readonly<Record<string, unknown>>

/** The logging port. Messages are constant text; what varies goes into the fields, so that lines can be counted and searched. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}
