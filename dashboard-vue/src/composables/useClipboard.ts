/** Copy text, also where the page is no secure context and has no clipboard (http://host:3000). False: it was refused. */
export async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // Refused by a policy or for want of focus: the old way may still do.
    }
  }
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'fixed top-0 opacity-0'
  const focused = document.activeElement
  document.body.append(area)
  area.select()
  const isCopied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isCopied
}
