// probe.py for peers in JavaScript: `node probe.mjs MODE FIRST COUNT` in the folder of a peer; MODE `work` starts its work().
import { openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

const APART_MS = 20
const BATCH = 1000
const NOTE = 'x'.repeat(30)

const file = openSync(process.env.RECORDS, 'a', 0o666)
const record = new Float64Array(3)
const bytes = new Uint8Array(record.buffer)
const now = () => (performance.timeOrigin + performance.now()) / 1000
const argument = (number) => ({ number, called_at: now(), to: 'someone@example.com', note: NOTE })

function started(arg) {
  record[0] = arg.number
  record[1] = arg.called_at
  record[2] = now()
  writeSync(file, bytes)
}

const peer = await import(pathToFileURL(resolve('peer.mjs')))
const [mode, firstText, countText] = process.argv.slice(2)
const [first, count] = [Number(firstText), Number(countText)]

if (mode === 'work') {
  await peer.work(started)
} else if (mode === 'setup') {
  await peer.setup?.()
  process.exit(0)
} else {
  await peer.connect?.()
  const cpu = process.cpuUsage()
  const begin = performance.now()
  if (mode === 'submit_many') {
    for (let done = 0; done < count; done += BATCH) {
      await peer.submitMany(Array.from({ length: Math.min(BATCH, count - done) }, (_, i) => argument(first + done + i)))
    }
  } else {
    for (let done = 0; done < count; done += 1) {
      const wait = mode === 'submit_slowly' ? begin + done * APART_MS - performance.now() : 0
      if (wait > 0) await sleep(wait)
      await peer.submit(argument(first + done))
    }
  }
  const seconds = (performance.now() - begin) / 1000
  const used = process.cpuUsage(cpu)
  console.log(JSON.stringify({ seconds, cpu_seconds: (used.user + used.system) / 1e6, count }))
  process.exit(0)
}
