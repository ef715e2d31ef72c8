import { formatExact } from './format'

interface Problem {
  fingerprint: string
  type: string
  message: string
  frame: string | null
  count: number
  total: number
  first_seen_at: string
  last_seen_at: string
  queues: Record<string, number>
  traceback: string | null
}

/** A failure as the text of an issue in Markdown, with a link back. */
export function issueText(failure: Problem, window: string, link: string): string {
  const queues = Object.entries(failure.queues).map(([name, count]) => `${name} (${formatExact(count)})`)
  const facts = [
    ['Job type', `\`${failure.type}\``],
    ['Where', failure.frame ? `\`${failure.frame}\`` : 'unknown'],
    [
      'How often',
      `${formatExact(failure.count)} (${window.toLowerCase()}), ${formatExact(failure.total)} in all`,
    ],
    ['Seen', `${failure.first_seen_at} to ${failure.last_seen_at}`],
    ['Queues', queues.join(', ') || 'none'],
    ['Group', `[${failure.fingerprint}](${link})`],
  ]
  const lines = facts.map(([name, value]) => `- **${name}:** ${value}`)
  const traceback = failure.traceback ? ['', fenced(failure.traceback)] : []
  return [`## ${failure.type}: ${failure.message}`, '', ...lines, ...traceback, ''].join('\n')
}

/** A fence longer than any in the text, which may itself be Markdown. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text.trimEnd()}\n${fence}`
}
