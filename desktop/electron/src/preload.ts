import { ipcRenderer, type IpcRendererEvent } from 'electron'
import { handPortOver, type PageWindow, portChannel } from './station/port-handover.ts'

declare const window: PageWindow<IpcRendererEvent['ports'][number]>

// Runs sandboxed, in a world of its own beside the page's. The page gets ports and nothing else: no `contextBridge`, no way to send.
ipcRenderer.on(portChannel, ({ ports }) => handPortOver(ports, window))
