// Makes node_modules match package-lock.json before `npm start`, `npm test` and `npm run cli`.
//
// Plain JavaScript for the host's Node (20 or later): Node 24, which runs everything else, comes with the packages. It
// must be a pre-script, because the shell of the script itself looks `node` up anew and then finds the installed one.
// stdout belongs to the command that follows, so every line here goes to stderr.
// With `--note` (npm's prepare) it installs nothing and only notes that npm has just completed an install.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const MODULES = join(ROOT, 'node_modules')
/** Names the lockfile that node_modules was completely installed from. Removed before an install starts. */
const STAMP = join(MODULES, '.assize-lockfile')
/** Holds the pids that install at the moment. Outside node_modules, which `npm ci` empties. */
const LOCK = join(ROOT, '.assize-install')
/** A lock without a pid is being written: only after this long is its maker taken for dead. */
const OWNERLESS_MS = 5_000
const POLL_MS = 250
const HEARTBEAT_MS = 5_000
const NODE_MAJOR = 24
/** Some platform packages ask for it of the Node that installs them, and an older npm silently leaves them out. */
const HOST_MAJOR = 20
/** No package needs an install script; development and platform packages are needed whatever the environment omits. */
const INSTALL = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--loglevel=error', '--no-progress']
/** Half a minute until an unreachable registry is reported, instead of npm's three. */
const RETRIES = ['--fetch-retries=2', '--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000']
/** What stands in for the output of a command that a signal has ended. */
const INTERRUPTED = 'interrupted'

try {
  if (process.argv.includes('--note')) noteInstall()
  else await bootstrap()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

/** Installs when needed, then makes sure that a Node which can run the sources will be found. */
async function bootstrap() {
  const wanted = lockfileHash()
  if (installedHash() !== wanted) {
    await takeLock()
    try {
      if (installedHash() !== wanted) await install(wanted)
    } finally {
      rmSync(LOCK, { force: true })
    }
  }
  await requireNode()
}

async function install(wanted) {
  if (Number.parseInt(process.versions.node, 10) < HOST_MAJOR) {
    throw new Error(
      `Expected Node ${HOST_MAJOR} or later to install with, got ${process.versions.node}. Upgrade it and try again.`,
    )
  }
  say('installing the locked packages (once; about half a minute)')
  rmSync(STAMP, { force: true })
  const started = Date.now()
  const heartbeat = setInterval(() => say(`still installing, ${secondsSince(started)}`), HEARTBEAT_MS)
  const { code, output } = await run([...npmCommand(), ...INSTALL, ...RETRIES], (pid) => {
    writeFileSync(LOCK, `${process.pid} ${pid}\n`)
  })
  clearInterval(heartbeat)
  if (code !== 0) throw new Error(explainFailure(output))
  writeFileSync(STAMP, `${wanted}\n`)
  say(`installed in ${secondsSince(started)}`)
}

/** Notes an install that npm itself was told to do, unless it left packages out. */
function noteInstall() {
  const isPartial = (process.env.npm_config_omit ?? '') !== '' || process.env.NODE_ENV === 'production'
  if (!isPartial && existsSync(MODULES)) writeFileSync(STAMP, `${lockfileHash()}\n`)
}

/** One line with the next step for each way in which an install fails, below npm's own words where those help. */
function explainFailure(output) {
  if (output === INTERRUPTED) return 'Expected the install to finish, got a signal. The next command starts it again.'
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET/.test(output)) {
    return 'Expected to reach the npm registry, got no connection. Check the network and `npm config get registry`, then run the same command again.'
  }
  if (output.includes('ENOSPC')) {
    return 'Expected 1 GB of free disk, got ENOSPC. Free some, then run the same command again.'
  }
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return `Expected to write ${MODULES}, got no permission. Give the folder to this user, then run the same command again.`
  }
  process.stderr.write(output === '' || output.endsWith('\n') ? output : `${output}\n`)
  if (output.includes('can only install packages when')) {
    return 'Expected package.json and package-lock.json to agree, got a difference. Run `npm install && node tools/mend-lockfile.mjs`.'
  }
  return 'Expected `npm ci` to succeed, got the failure above. Mend its cause, then run the same command again.'
}

/** Fails unless the `node` that npm's scripts find, the packaged one or else the host's, is recent enough. */
async function requireNode() {
  const name = `node-${process.platform}-${process.arch}`
  const link = join(MODULES, '.bin', 'node')
  if (existsSync(join(MODULES, name))) {
    const { code } = await run([join(MODULES, name, 'bin', 'node'), '--version'])
    if (code !== 0)
      rmSync(link, { force: true }) // It cannot run here (another libc, say) and would hide the host's.
    else if (!existsSync(link)) symlinkSync(join('..', name, 'bin', 'node'), link) // npm 10 removes it with the other platform's.
    if (code === 0) return
  }
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return
  throw new Error(
    `Expected Node ${NODE_MAJOR} or later, got ${process.versions.node} and no packaged one that runs on ${process.platform}-${process.arch}. ` +
      'Install it from https://nodejs.org, then run the same command again.',
  )
}

/** Returns once this program alone may install in this clone; the lock of a dead owner is taken over. */
async function takeLock() {
  let isAnnounced = false
  let ownerlessSince = Number.POSITIVE_INFINITY
  for (;;) {
    try {
      return writeFileSync(LOCK, `${process.pid}\n`, { flag: 'wx' })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const owners = lockOwners(LOCK)
    ownerlessSince = owners.length > 0 ? Number.POSITIVE_INFINITY : Math.min(ownerlessSince, Date.now())
    const isAbandoned = owners.length > 0 ? !owners.some(isAlive) : Date.now() - ownerlessSince > OWNERLESS_MS
    if (isAbandoned) {
      discardLock()
      continue
    }
    if (!isAnnounced) say(`waiting for the install that pid ${owners[0] ?? '?'} has started`)
    isAnnounced = true
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Removes an abandoned lock; one that a faster program has meanwhile taken instead is put back. */
function discardLock() {
  const aside = `${LOCK}.${process.pid}`
  try {
    renameSync(LOCK, aside)
    if (lockOwners(aside).some(isAlive)) renameSync(aside, LOCK)
    else rmSync(aside, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

function lockOwners(path) {
  try {
    return readFileSync(path, 'utf8')
      .split(/\s+/)
      .map(Number)
      .filter((pid) => pid > 0)
  } catch {
    return []
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function lockfileHash() {
  const hash = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')
  return `${hash} ${process.platform}-${process.arch}`
}

function installedHash() {
  try {
    return readFileSync(STAMP, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** The npm that started this script, or else the one on the PATH. */
function npmCommand() {
  const npm = process.env.npm_execpath ?? ''
  return /npm-cli\.c?js$/.test(npm) ? [process.execPath, npm] : ['npm']
}

/** Runs a command without stdin, and resolves to its exit code and everything it wrote. Interrupts reach it too. */
function run([file, ...args], onStart = () => {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    const parts = []
    const interrupt = () => child.kill('SIGKILL') // npm goes on for half a minute after gentler ones; nothing is lost.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt)
    child.stdout.on('data', (part) => parts.push(part))
    child.stderr.on('data', (part) => parts.push(part))
    child.on('spawn', () => onStart(child.pid))
    const finish = (code, words) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, interrupt)
      resolve({ code, output: words })
    }
    child.on('error', (error) => finish(1, `${error.message}\n`))
    child.on('close', (code, signal) => {
      finish(code ?? 1, signal === null ? Buffer.concat(parts).toString() : INTERRUPTED)
    })
  })
}

function secondsSince(started) {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`
}

function say(line) {
  process.stderr.write(`assize: ${line}\n`)
}
