/** Server-sent events out of text that comes in pieces: https://html.spec.whatwg.org/multipage/server-sent-events.html */

export interface ServerEvent {
  type: string
  data: string
  id: string | null
}

export class EventReader {
  private rest = ''
  private type = ''
  private data: string[] = []
  private id: string | null = null

  /** The events that this piece completes, oldest first. */
  read(piece: string): ServerEvent[] {
    const lines = (this.rest + piece).split(/\r\n|\n/)
    this.rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.line(line) ?? [])
  }

  private line(line: string): ServerEvent | null {
    if (line === '') return this.dispatch()
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.type = value
    else if (name === 'data') this.data.push(value)
    else if (name === 'id') this.id = value
    return null
  }

  private dispatch(): ServerEvent | null {
    const event = { type: this.type || 'message', data: this.data.join('\n'), id: this.id }
    const isEmpty = this.data.length === 0
    this.type = ''
    this.data = []
    return isEmpty ? null : event
  }
}
