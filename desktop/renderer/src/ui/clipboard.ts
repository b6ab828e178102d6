/** The part of a document that copies without the clipboard API. */
interface CopyingDocument {
  execCommand(command: 'copy'): boolean
}

/**
 * Copies text. A station on the local network is mostly reached by plain HTTP, where browsers withhold the clipboard API:
 * there a selection is copied instead.
 * @returns whether it worked
 */
export async function copyText(text: string): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text)
      return true
    } catch {
      // Refused: the other way may still be allowed.
    }
  }
  const field = document.createElement('textarea')
  field.value = text
  field.readOnly = true
  field.style.position = 'fixed'
  field.style.opacity = '0'
  const focused = document.activeElement
  ;(focused?.closest('[role="dialog"]') ?? document.body).append(field)
  field.select()
  const done = (document as unknown as CopyingDocument).execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return done
}
