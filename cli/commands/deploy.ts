import { type Command, Option } from 'commander'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from 'viem'
import { type Chain, sendingAs } from '#client/chain.ts'
import { type ChainFeature, readChainFeatures } from '#client/chain-features.ts'
import { requireCode } from '#client/code-at.ts'
import { carryOut, deployCall } from '#client/deploy.ts'
import { requireWethNamed } from '#client/deploy-oracle.ts'
import { type DeployOptions, planDeployment } from '#client/deployment-plan.ts'
import { CREATE2_DEPLOYER, type DeploymentStep } from '#client/deployment-step.ts'
import { UnconfirmedError } from '#client/errors.ts'
import { type GasFee, readBalance, readGasFee, rehearse } from '#client/rehearsal.ts'
import { readWethFaults } from '#client/weth-trial.ts'
import { confirm } from '../chain/confirm.ts'
import { InFlightError, type Step } from '../chain/send-steps.ts'
import { unknownGas } from '../chain/action.ts'
import { address as addressOf, ether } from '../arguments.ts'
import { openChain } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import type { DeploymentRecord, Placed } from '../deployment/deployment-record.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { ETHER, formatAmount, formatColumns, formatEth } from '../format.ts'
import { addChainOption, addEndpointOption } from '../options.ts'
import { writeOver } from '../output-file.ts'
import { openSigner } from '../chain/signer.ts'
import { cancelCommand, namingCancel, requireNoneWaiting } from '../chain/waiting.ts'

type Flags = {
  readonly terms?: string
  readonly example?: true
  readonly check?: true
  readonly record?: string
  readonly recorded?: string
  readonly rpc?: string
  readonly chainId?: number
  readonly keystore?: string
  readonly passwordFile?: string
  readonly account?: Address
  /** Wei. */
  readonly max?: bigint
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

const EXAMPLES = `
Examples:
  assize deploy --example > terms.toml
  assize deploy --terms terms.toml --dry-run --account 0x12…
  assize deploy --terms terms.toml --record deployments --max 0.1eth
  assize deploy --terms terms.toml --check
  assize deploy --recorded deployments/1.json`

/** What is done with terms, as commander names the options: of nothing else. */
const ACTIONS = ['check', 'dryRun', 'max', 'yes']

/** Adds `assize deploy`: every contract at an address that follows from its terms. */
export function defineDeploy(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('deploy')
    .option('--terms <file>', 'the terms, TOML')
    .addOption(
      new Option('--example', 'print terms to start from').conflicts([...ACTIONS, 'terms', 'recorded', 'record']),
    )
    .option('--check', `only look whether everything is there; exit ${EXIT.notFinal} if not`)
    .option('--record <folder>', 'write <chain id>.json there')
    .addOption(
      new Option(
        '--recorded <file>',
        `only hold such a file against the chain; exit ${EXIT.notFinal} if something is missing`,
      ).conflicts([...ACTIONS, 'terms', 'record']),
    )
  addChainOption(addEndpointOption(command))
    .option('--keystore <file>', 'who pays, Web3 Secret Storage v3 (default: $ASSIZE_KEYSTORE)')
    .option(
      '--password-file <file>',
      'its password (default: $ASSIZE_PASSWORD_FILE, else $ASSIZE_PASSWORD, else asked)',
    )
    .option('--account <address>', 'with --dry-run: simulate for this account, without a key', addressOf)
    .option('--max <amount>', 'refuse if gas may come to more than this', ether)
    .addOption(
      new Option('--dry-run', 'only say what would be deployed, and what it costs').conflicts(['check', 'record']),
    )
    .option('--yes', 'do not ask; needed where nobody can be asked')
    .option('--json', 'print one JSON document on stdout; talk goes to stderr')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await runDeploy(flags, context)))
}

async function runDeploy(flags: Flags, context: Context): Promise<ExitCode> {
  // zod loads slowly, and no other command needs this one's.
  const { EXAMPLE_TERMS, readDeploymentTerms } = await import('../deployment/deployment-terms.ts')
  if (flags.example === true) {
    context.io.out(EXAMPLE_TERMS.trimEnd())
    return EXIT.ok
  }
  if (flags.recorded !== undefined) return checkRecorded(flags.recorded, flags, context)
  if (flags.terms === undefined) {
    throw new InputError(
      'Expected the terms of the deployment, got none.',
      'Name their file with --terms; --example prints some.',
    )
  }
  const terms = await readDeploymentTerms(flags.terms)
  const chain = await openChain(flags, context)
  await requireUsable(chain, terms, context)
  const planned = await planOn(chain, terms)
  const missing = planned.filter(({ codeHash }) => codeHash === undefined)
  say(flags, context, linesOf(chain, planned))
  if (flags.check === true) {
    if (flags.record !== undefined) await record(flags.record, context, chain, terms, planned)
    await report(flags, context, chain, terms, planned)
    return missing.length === 0 ? EXIT.ok : EXIT.notFinal
  }
  if (missing.length > 0) await deployMissing(flags, context, chain, missing)
  const after = flags.dryRun === true ? planned : await planOn(chain, terms)
  if (flags.record !== undefined) await record(flags.record, context, chain, terms, after)
  await report(flags, context, chain, terms, after)
  return EXIT.ok
}

/** Throws WethRequiredError, NoCodeError or RefusedError for a chain on which the contracts would not work; warns of what only a jury would need. */
async function requireUsable(chain: Chain, terms: DeployOptions, { io }: Context): Promise<void> {
  await requireCode(chain, 'the CREATE2 deployer', CREATE2_DEPLOYER)
  requireWethNamed(chain.chainId, terms)
  if (terms.weth !== undefined) await requireWeth(chain, terms.weth, io)
  const lacking = (await readChainFeatures(chain)).filter(({ isThere }) => !isThere)
  const named = (all: readonly ChainFeature[]): string => all.map(({ name, needs }) => `${name} (${needs})`).join('; ')
  const needed = lacking.filter(({ neededBy }) => neededBy !== 'jury')
  if (needed.length > 0) {
    throw new RefusedError(
      `Expected chain ${chain.chainId} to have ${named(needed)}.`,
      'Use a chain with the Prague upgrade.',
    )
  }
  if (lacking.length > 0) io.err(`Note: chain ${chain.chainId} has no ${named(lacking)}. Everything else works.`)
}

/** Tries WETH out: whatever has code could stand there, and all stake is taken in it. */
async function requireWeth(chain: Chain, weth: Address, io: Context['io']): Promise<void> {
  await requireCode(chain, 'WETH', weth)
  const faults = await readWethFaults(chain, weth)
  if (faults === undefined) {
    io.err(`Note: the endpoint cannot try WETH out: see for yourself that ${weth} is the chain's.`)
  } else if (faults.length > 0) {
    throw new RefusedError(
      `Expected WETH at ${weth}, got a contract whose ${faults.join(', ')} ${faults.length === 1 ? 'does' : 'do'} not do what WETH's would.`,
      "Name the chain's WETH; bridged tokens of that name take no ether.",
    )
  }
}

async function planOn(chain: Chain, terms: DeployOptions): Promise<Placed[]> {
  const { placeAll } = await import('../deployment/deployment-record.ts')
  return placeAll(chain, planDeployment(terms).steps)
}

/** Holds a record against the chain that it names. Throws RefusedError if it is not true. */
async function checkRecorded(path: string, flags: Flags, context: Context): Promise<ExitCode> {
  const { checkRecord, readDeploymentRecord } = await import('../deployment/deployment-record.ts')
  const said: DeploymentRecord = await readDeploymentRecord(path)
  const chain = await openChain({ ...flags, chainId: flags.chainId ?? said.chainId }, context)
  if (chain.chainId !== said.chainId) {
    throw new InputError(`Expected a record of chain ${chain.chainId}, got one of ${said.chainId}.`, 'Name its file.')
  }
  const findings = await checkRecord(chain, said)
  say(flags, context, [
    `chain     ${chain.chainId}`,
    ...formatColumns(findings.map(({ name, address, state }) => [name, address, state])),
  ])
  const wrong = findings.filter(({ state }) => !['is there', 'deployed since', 'missing'].includes(state))
  if (wrong.length > 0) {
    const names = wrong.map(({ name, state }) => `${name}: ${state}`).join('; ')
    throw new RefusedError(`Expected what ${path} says, got ${names}.`, 'Do not use it: ask whoever published it.')
  }
  const isComplete = findings.every(({ state }) => state !== 'missing')
  const isOutdated = findings.some(({ state }) => state === 'deployed since')
  if (flags.json === true)
    context.io.out(JSON.stringify({ version: 1, chainId: chain.chainId, isComplete, findings }, undefined, 2))
  else if (!isComplete) context.io.out('Something is missing.')
  else if (isOutdated)
    context.io.out('Everything is there, more than when the file was written: --record writes it anew.')
  else context.io.out('Everything is there, and is what the file says.')
  return isComplete ? EXIT.ok : EXIT.notFinal
}

async function deployMissing(
  flags: Flags,
  context: Context,
  chain: Chain,
  missing: readonly DeploymentStep[],
): Promise<void> {
  const signer = await openSigner(flags, context)
  if (flags.dryRun !== true) await requireNoneWaiting(chain, signer.address, flags)
  const [{ gas, isComplete }, fee] = [
    await rehearse(chain, signer.address, missing.map(deployCall)),
    await readGasFee(chain),
  ]
  const sum = gas.reduce((total, one) => total + one, 0n)
  const most = dearest(sum, fee)
  say(flags, context, [
    isComplete
      ? `gas       ${sum}: about ${formatEth(sum * fee.likely)} ETH, at most ${formatEth(most)} ETH`
      : 'gas       not known: the endpoint does not simulate; some 20 000 000 for everything',
  ])
  requireWithinMax(flags, isComplete ? most : undefined)
  if (flags.dryRun === true || signer.account === undefined) return
  await confirm(`Deploy ${missing.length} contracts on chain ${chain.chainId}?`, { flags, context })
  const paying = sendingAs(chain, signer.account)
  const balance = (): Promise<bigint> => readBalance(chain, signer.address)
  const before = await balance()
  for (const [place, step] of missing.entries()) {
    if (place > 0 && flags.max !== undefined) {
      // Gas may be dearer than it was when the first was sent.
      requireWithinMax(flags, before - (await balance()) + dearest(gas[place] ?? 0n, await readGasFee(chain)))
    }
    context.io.err(`${step.name} (${place + 1} of ${missing.length}) ...`)
    try {
      await namingCancel(flags, () => carryOut(paying, step, { signal: context.signal }))
    } catch (error) {
      if (!(error instanceof UnconfirmedError)) throw error
      throw new InFlightError(place, missing.map(labelled), error, cancelCommand(flags, error.nonce))
    }
  }
}

function labelled(step: DeploymentStep): Step {
  const call = deployCall(step)
  return { label: call.name, call }
}

/** What gas comes to at the most: half more than one offers now, as what is sent last is sent some blocks later. */
function dearest(gas: bigint, fee: GasFee): bigint {
  return (gas * fee.most * 3n) / 2n
}

/** Throws InputError for gas that costs more than --max, wei; RefusedError where it is not known. */
function requireWithinMax({ max }: Flags, cost: bigint | undefined): void {
  if (max === undefined) return
  if (cost === undefined) throw unknownGas()
  if (cost <= max) return
  throw new InputError(
    `Expected to spend at most ${formatAmount(max, ETHER)}, got ${formatAmount(cost, ETHER)} of gas.`,
    'Raise --max, or deploy when gas is cheaper: what is there stays, and is not paid for again.',
  )
}

function linesOf(chain: Chain, planned: readonly Placed[]): string[] {
  const rows = planned.map(({ name, address, codeHash }) => [
    name,
    address,
    codeHash === undefined ? 'to be deployed' : 'is there',
  ])
  return [`chain     ${chain.chainId}`, ...formatColumns(rows)]
}

function say(flags: Flags, { io }: Context, lines: readonly string[]): void {
  for (const line of lines)
    if (flags.json === true) io.err(line)
    else io.out(line)
}

async function report(
  flags: Flags,
  { io }: Context,
  chain: Chain,
  terms: DeployOptions,
  planned: readonly Placed[],
): Promise<void> {
  if (flags.json === true) {
    const { deploymentDocument } = await import('../deployment/deployment-record.ts')
    io.out(JSON.stringify(deploymentDocument(chain.chainId, terms, planned), undefined, 2))
    return
  }
  const left = planned.filter(({ codeHash }) => codeHash === undefined).length
  io.out(left === 0 ? 'Everything is there.' : `${left} to be deployed.`)
  if (left === 0) io.out(`Next: export ASSIZE_ORACLE=${planDeployment(terms).deployments.oracle}`)
}

async function record(
  folder: string,
  { io }: Context,
  chain: Chain,
  terms: DeployOptions,
  planned: readonly Placed[],
): Promise<void> {
  const { deploymentDocument } = await import('../deployment/deployment-record.ts')
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${chain.chainId}.json`)
  await writeOver(file, `${JSON.stringify(deploymentDocument(chain.chainId, terms, planned), undefined, 2)}\n`)
  io.err(`Wrote ${file}.`)
}
