export { writeFileAtomic } from './atomic-file.ts'
export {
  callControl,
  type ControlHandler,
  type ControlSocket,
  controlSocketPath,
  serveControl,
} from './control-socket.ts'
export { type Database, type DatabaseSchema, openDatabase } from './database.ts'
export { type DaemonOptions, runDaemon, type RunningDaemon } from './daemon.ts'
export { httpListen } from './http-listen.ts'
export { loadIdentity, loadOrCreateIdentity } from './identity-file.ts'
export { createLogger, type LoggerOptions } from './logger.ts'
export { reportAndExit, reportLine } from './report.ts'
export { sequenceFile, type SequenceFile } from './sequence-file.ts'
export { setAside } from './set-aside.ts'
export { openSettings, type Settings } from './settings.ts'
export { isStateDirectoryInUse, openStateDirectory, type StateDirectory } from './state-directory.ts'
export { StorageWatch, type StorageWatchOptions } from './storage-watch.ts'
export { errnoOf, storageError } from './storage-error.ts'
export { softwareVersion } from './version.ts'
