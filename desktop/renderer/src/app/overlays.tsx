import { Help } from './help.tsx'
import { JoinDialog } from './join-dialog.tsx'
import { Palette } from './palette.tsx'

/** What opens over the screens. It is loaded apart, once the screen stands. */
export function Overlays() {
  return (
    <>
      <Palette />
      <Help />
      <JoinDialog />
    </>
  )
}
