import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Address } from 'viem'
import { readRegistryTerms } from '#client/registry-terms.ts'
import { type Config, loadConfig } from '#node/config'
import { openNodesChain } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { checkLines } from '../reporter/check-lines.ts'
import type { Check } from '../reporter/check.ts'
import { checkUp } from '../reporter/checkup.ts'
import { nodesCommand } from '../reporter/nodes-command.ts'
import { runNode } from '../reporter/node-program.ts'
import { writeOwnerOnly } from '../reporter/secret-file.ts'
import { askSettings } from './answers.ts'
import { configText } from './config-text.ts'
import { requireSame } from './contradiction.ts'
import { type InitFlags, requireFlags } from './flags.ts'
import { makeKey, signerOf } from './keys.ts'
import { agrees, type Desk } from './questions.ts'
import { requirePlace } from './place.ts'
import { ensureRegistered } from './registration.ts'
import { documentOf, linesOf, type SetUp } from './report.ts'
import type { Places, SetupRole } from './settings.ts'
import { ensureUnit, type Host, isUserKnown, requireRunnable, THIS_HOST, unitName } from './unit.ts'

/**
 * Goes through every step of a set-up, and does what is not done yet. Exit 1 if the check-up finds something bad; otherwise the
 * node's, if it is started. Throws what is wrong with an answer that cannot be asked for again.
 */
export async function initialise(
  folder: string,
  flags: InitFlags,
  context: Context,
  host = THIS_HOST,
): Promise<ExitCode> {
  const { io, signal } = context
  const places = placesOf(resolve(folder))
  const desk = { io, signal, terminal: flags.yes === true ? undefined : context.terminal }
  const { config, made } = await ensureConfig(places, { flags, context, desk, host })
  const role = roleOf(config)
  const chain = await openNodesChain(config, io)
  const signer = made ?? (await signerOf(config, places, context))
  const registration =
    role === 'reporter' && signer !== undefined
      ? await ensureRegistered({
          config,
          chain,
          signer,
          flags,
          places,
          context,
          desk,
          inspect: () => checkUp(config, context),
          minStake: (await readRegistryTerms(chain, config.registry)).minStake,
        })
      : undefined
  const unit = await ensureUnit(places, config, { flags, desk, host })
  const checks = await checkUp(config, context, (check) => {
    for (const line of checkLines(check, io)) {
      if (flags.json === true) io.err(line)
      else io.out(line)
    }
  })
  const paste = (...words: readonly string[]): string => nodesCommand(context.env, ...words)
  const setUp: SetUp = { places, config, role, signer, registration, unit, checks, paste }
  if (flags.json === true) io.out(JSON.stringify(documentOf(setUp), undefined, 2))
  else for (const line of linesOf(setUp)) io.out(line)
  if (checks.some(({ state }) => state === 'bad')) return EXIT.failed
  if (isRunning(checks) || !(await isToStart(flags, desk))) return EXIT.ok
  return runNode(
    ['--config', places.config],
    { signal, env: ownEnvironment(context) },
    flags.json === true ? 'stderr' : 'stdout',
  )
}

/** Settings of the environment go before those of the file, and may be of somebody else: of the owner, such as a keystore. */
function ownEnvironment({ env }: Context): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('ASSIZE_')))
}

function placesOf(folder: string): Places {
  return {
    folder,
    config: join(folder, 'node.toml'),
    keystore: join(folder, 'keystore'),
    password: join(folder, 'password'),
    data: join(folder, 'data'),
    indices: join(folder, 'indices'),
    consent: join(folder, 'consent.json'),
    unit: join(folder, unitName(folder)),
  }
}

type Asking = { readonly flags: InitFlags; readonly context: Context; readonly desk: Desk; readonly host: Host }

/** The settings that are there, else those that are asked for, with the key that was made for them. */
async function ensureConfig(
  places: Places,
  { flags, context, desk, host }: Asking,
): Promise<{ readonly config: Config; readonly made: Address | undefined }> {
  const isUnitDue = flags.service === true && !existsSync(places.unit)
  const has = {
    config: existsSync(places.config),
    indices: existsSync(places.indices),
    consent: existsSync(places.consent),
    user: !isUnitDue || isUserKnown(flags, host),
  }
  requireFlags(flags, has, places, context)
  if (isUnitDue) requireRunnable(places.folder, flags, host)
  // What the environment says is of whoever runs this, not of the node that will run by itself.
  const load = (): Config => loadConfig({ file: places.config, env: {} })
  if (has.config) {
    const config = load()
    requireSame(places, config, roleOf(config), flags)
    context.io.err(`${places.config} is there: what it says is kept.`)
    return { config, made: undefined }
  }
  await requirePlace(places.folder)
  const settings = await askSettings({ flags, context, desk, places })
  await mkdir(places.folder, { recursive: true })
  const made = await makeKey(settings, context)
  await writeOwnerOnly(places.config, configText(settings, places))
  context.io.err(`Written: ${places.config}.`)
  return { config: load(), made }
}

function roleOf({ key, roles }: Config): SetupRole {
  if (key === undefined) return 'watcher'
  return roles.includes('reporter') ? 'reporter' : 'juror'
}

/** Whether a node answers at the port of the settings: then it is not started a second time. */
function isRunning(checks: readonly Check[]): boolean {
  return checks.some(({ what, state }) => what === 'node' && state !== 'warn')
}

async function isToStart({ start }: InitFlags, desk: Desk): Promise<boolean> {
  return start === true || agrees('Start the node now, until Ctrl-C?', desk)
}
