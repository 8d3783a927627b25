/**
 * The exhaustive attacker, by command: `npm run search:attacker -- [setting…] [--steps n] [--reach n] [--observers n]
 * [--state folder] [--json]`. Stops and goes on where it stopped; run again with the same options to resume.
 */
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { loadProgress, saveProgress, searchKey } from './progress.ts'
import { reportLines } from './report.ts'
import { search, tasksOf } from './search.ts'
import { LARGE, settingNamed, settingsOf, type Fineness, type Setting } from './settings.ts'

/** How often the state is written and shown, milliseconds. */
const SAVE_INTERVAL_MS = 10_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: String(LARGE.steps) },
    reach: { type: 'string', default: String(LARGE.reach) },
    observers: { type: 'string', default: String(LARGE.observers) },
    state: { type: 'string', default: join('contracts', 'cache', 'attack') },
    json: { type: 'boolean', default: false },
  },
})
const fineness: Fineness = {
  steps: Number(values.steps),
  reach: Number(values.reach),
  observers: Number(values.observers),
  sides: 2,
}
const settings =
  positionals.length === 0 ? settingsOf(fineness) : positionals.map((name) => settingNamed(name, fineness))
for (const setting of settings) run(setting)

function run(setting: Setting): void {
  const tasks = tasksOf(setting)
  const key = searchKey(setting, fineness)
  const file = join(values.state, `${setting.name}-${fineness.steps}-${fineness.reach}-${fineness.observers}.json`)
  const progress = loadProgress(file, key)
  let savedAt = performance.now()
  let cpu = process.cpuUsage()
  const save = (): void => {
    const used = process.cpuUsage(cpu)
    progress.seconds += (used.user + used.system) / 1e6
    cpu = process.cpuUsage()
    savedAt = performance.now()
    saveProgress(file, progress)
  }
  for (const task of tasks.slice(progress.next)) {
    search(setting, task, progress.tally)
    progress.next += 1
    if (performance.now() - savedAt < SAVE_INTERVAL_MS) continue
    save()
    process.stderr.write(
      `${setting.name}: ${progress.next} of ${tasks.length} openings, ${progress.tally.plays} plays\n`,
    )
  }
  save()
  if (values.json) process.stdout.write(`${JSON.stringify(progress)}\n`)
  else process.stdout.write(`${reportLines(setting, tasks.length, progress).join('\n')}\n`)
}
