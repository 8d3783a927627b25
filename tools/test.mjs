// `npm test`: every check and every test of the repository, stopping after the first that fails. Some have one core busy for minutes:
// others run beside them.
//
//   npm test                                   all steps
//   npm test -- --only vitest                  one step, or several: --only types,lint
//   npm test -- --only vitest test/protocol    what follows goes to that step's command
//
// The last line is `N passed, N failed`: the tests that forge and vitest say they ran, and as one failure a step that
// failed otherwise.

import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scratchFolder, start } from './scratch.mjs'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const BIN = join(ROOT, 'node_modules', '.bin')
const VITEST_REPORT = join(scratchFolder('assize-test-'), 'vitest.json')

/**
 * What runs one after the other; what stands in one row begins at once, each of its lists in order. `count` turns what the command
 * wrote into test counts; steps without it only pass or fail.
 */
const STAGES = [
  [[{ name: 'lockfile', command: ['node', 'tools/mend-lockfile.mjs', '--check'] }]],
  [
    [
      { name: 'abi', command: ['node', 'tools/generate-abi.mjs', '--check'] },
      { name: 'build', command: ['forge', 'build'] },
    ],
    [
      { name: 'format', command: ['prettier', '--check', '--log-level=warn', '.'] },
      { name: 'types', command: ['tsc', '--noEmit'] },
      { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
      { name: 'unused', command: ['knip', '--no-progress'] },
      { name: 'prove', command: ['node', 'test/prove/main.ts', '--together'] },
    ],
  ],
  [[{ name: 'forge', command: ['forge', 'test', '--json'], isCaptured: true, count: countForge }]],
  [
    [
      {
        name: 'vitest',
        command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${VITEST_REPORT}`],
        count: countVitest,
      },
    ],
  ],
]
const STEPS = STAGES.flat(2)

const counts = { passed: 0, failed: 0, skipped: 0 }
try {
  const { steps, extra } = select(process.argv.slice(2))
  for (const lists of STAGES) {
    const passed = await Promise.all(
      lists.map((list) =>
        runInOrder(
          list.filter((step) => steps.includes(step)),
          extra,
        ),
      ),
    )
    if (passed.includes(false)) {
      process.exitCode = 1
      break
    }
  }
} catch (error) {
  say(error.message)
  counts.failed += 1
  process.exitCode = 1
} finally {
  if (counts.skipped > 0) say(`${counts.skipped} skipped`)
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`)
}

/** The steps that the arguments name, and the arguments that are meant for the single one of them. */
function select(args) {
  const at = args.indexOf('--only')
  if (at === -1 && args.length === 0) return { steps: STEPS, extra: [] }
  if (at !== 0) throw new Error(`Expected --only <steps> first, got ${args.join(' ')}.`)
  const names = (args[1] ?? '').split(',')
  const unknown = names.find((name) => !STEPS.some((step) => step.name === name))
  if (unknown !== undefined) {
    throw new Error(`Expected --only with ${STEPS.map((step) => step.name).join(', ')}, got "${unknown}".`)
  }
  const extra = args.slice(2)
  if (names.length > 1 && extra.length > 0)
    throw new Error(`Expected one step before ${extra.join(' ')}, got ${names.length}.`)
  return { steps: STEPS.filter((step) => names.includes(step.name)), extra }
}

/** Runs steps until one fails; true if none did. */
async function runInOrder(steps, extra) {
  for (const step of steps) if (!(await runStep(step, extra))) return false
  return true
}

/** Runs one step and adds to the counts; true if it passed. */
async function runStep({ name, command, isCaptured = false, count }, extra) {
  say(`${name}: ${[...command, ...extra].join(' ')}`)
  const started = performance.now()
  const { code, stdout, problem } = await run([...command, ...extra], isCaptured)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const counted = count?.(stdout, code) ?? { passed: 0, failed: 0, skipped: 0 }
  const isPassed = code === 0 && counted.failed === 0
  if (!isPassed && counted.failed === 0) counted.failed = 1
  for (const key of Object.keys(counts)) counts[key] += counted[key]
  const tests = count === undefined ? '' : `, ${counted.passed} passed, ${counted.failed} failed`
  say(`${name}: ${isPassed ? 'ok' : `FAILED (${problem ?? `exit code ${code}`})`}, ${seconds} s${tests}`)
  if (!isPassed) say(`Stopped at ${name}. Run it alone with: npm test -- --only ${name}`)
  return isPassed
}

/** Reads forge's JSON, naming every test that failed and why. No test at all is a failure: the filter matched nothing. */
function countForge(stdout, code) {
  const counted = { passed: 0, failed: 0, skipped: 0 }
  const suites = parseForge(stdout)
  for (const [suite, { test_results: results }] of Object.entries(suites ?? {})) {
    for (const [test, result] of Object.entries(results)) {
      if (result.status === 'Success') counted.passed += 1
      else if (result.status === 'Skipped') counted.skipped += 1
      else {
        counted.failed += 1
        say(`  ${suite} ${test}: ${result.reason ?? 'failed'}`)
        if (result.counterexample !== null) say(`    counterexample: ${JSON.stringify(result.counterexample)}`)
        for (const line of result.decoded_logs) say(`    ${line}`)
      }
    }
  }
  if (suites === undefined && stdout !== '') process.stderr.write(stdout)
  if (code === 0 && counted.passed + counted.failed === 0) {
    say('  Expected at least one contract test, got none.')
    counted.failed = 1
  }
  return counted
}

/** Forge writes one JSON document on one line; notes of its compiler may stand on other lines. */
function parseForge(stdout) {
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{')) continue
    try {
      const parsed = JSON.parse(line)
      if (Object.values(parsed).every((suite) => typeof suite?.test_results === 'object')) return parsed
    } catch {
      continue
    }
  }
  return undefined
}

function countVitest(_stdout, code) {
  let report
  try {
    report = JSON.parse(readFileSync(VITEST_REPORT, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const failed = report.numFailedTests + unloaded.length
  const isEmpty = code === 0 && report.numPassedTests === 0
  if (isEmpty) say('  Expected at least one test, got none.')
  return {
    passed: report.numPassedTests,
    failed: isEmpty ? failed + 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** Runs a command of node_modules/.bin without stdin, streaming what it writes, or keeping its stdout for the count. */
function run([file, ...args], isCaptured) {
  return new Promise((resolve) => {
    const child = start(file, args, {
      cwd: ROOT,
      env: { PATH: `${BIN}${delimiter}${process.env.PATH}` },
      stdio: ['ignore', isCaptured ? 'pipe' : 'inherit', 'inherit'],
    })
    const parts = []
    child.stdout?.on('data', (part) => parts.push(part))
    child.on('error', (error) => resolve({ code: 1, stdout: '', problem: error.message }))
    child.on('close', (code, signal) => {
      const stdout = Buffer.concat(parts).toString()
      resolve(signal === null ? { code, stdout } : { code: 1, stdout, problem: signal })
    })
  })
}

function say(line) {
  process.stdout.write(`${line}\n`)
}
