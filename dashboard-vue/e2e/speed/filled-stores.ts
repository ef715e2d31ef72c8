import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { goqueueCommand } from '../fixtures/goqueue-up'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** PostgreSQL with the jobs that the API's bench is measured with, and Valkey. */
export class FilledStores {
  private constructor(
    /** Where they are, as `goqueue up` reads it. */
    readonly addresses: Record<string, string>,
    private readonly process: ChildProcess,
    private readonly folder: string | null,
  ) {}

  /** data: a folder to keep them in; tell: hears how far it is. */
  static async start(rows: number, data: string | undefined, tell: (text: string) => void) {
    const folder = data === undefined ? await mkdtemp(join(tmpdir(), 'goqueue-speed-')) : null
    if (folder !== null) await chmod(folder, 0o711) // PostgreSQL runs as another user when we are root
    const words = ['-m', 'bench.fill', String(rows), folder ?? resolve(data!)]
    const filling = spawn(pythonCommand(), words, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] })
    let last = ''
    for await (const line of createInterface(filling.stdout)) {
      last = line
      if (line.startsWith('{')) break
      tell(line)
    }
    if (!last.startsWith('{')) throw new Error('there is no database to measure with: see above')
    return new FilledStores(JSON.parse(last) as Record<string, string>, filling, folder)
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once('close', done))
    this.process.stdin?.end()
    await ended
    if (this.folder !== null) await rm(this.folder, { recursive: true, force: true })
  }
}

/** The one that `goqueue` runs with. */
function pythonCommand(): string {
  const [goqueue] = goqueueCommand()
  return goqueue.includes('/') ? join(dirname(goqueue), 'python') : 'python3'
}
