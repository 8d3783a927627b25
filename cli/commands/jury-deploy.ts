import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { hexToString } from 'viem/utils'
import { readChainFeatures } from '#client/chain-features.ts'
import { type Chain, latestBlock } from '#client/chain.ts'
import { hasCode } from '#client/code-at.ts'
import { deployCall, tryConstructor } from '#client/deploy.ts'
import { DEFAULT_JURY_TERMS, planJury } from '#client/deployment-plan.ts'
import type { DeploymentStep } from '#client/deployment-step.ts'
import { OracleRevertError } from '#client/errors.ts'
import type { JuryTerms } from '#client/jury.ts'
import { openingPrice } from '#protocol/jury.ts'
import { type Amount, amount, baseUnits, duration, positive, whole } from '../arguments.ts'
import { perform } from '../chain/action.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { ETHER, formatAmount, formatDuration } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'

type Flags = NetworkFlags &
  SigningFlags &
  Omit<JuryTerms, 'seatStake' | 'seatFee'> & { readonly seatStake?: Amount; readonly seatFee?: Amount }

const DEFAULTS = DEFAULT_JURY_TERMS
/** What no look at blocks tells. */
const DRAWS = "by a block's prevrandao: if a sequencer sets it, it chooses the jurors, and nobody can see that"

/** Adds `assize jury deploy`: a jury of 31 seats, or of other terms, at an address that follows from them. */
export function defineJuryDeploy(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('deploy')
    .description('Deploy a jury for an oracle by CREATE2. What is there is left alone, so it can be repeated.')
    .option('--seats <n>', 'how many are drawn, odd, 3 .. 63', positive, DEFAULTS.seats)
    .option('--quorum <n>', 'how many must reveal, a majority at least', positive, DEFAULTS.quorum)
    .option('--least-pool <n>', 'stakes that must be free in the pool for a case', positive, DEFAULTS.leastPool)
    .option('--least-separation-ppm <ppm>', 'of fixings that it takes', whole, DEFAULTS.leastSeparationPpm)
    .option('--warm-up <time>', 'before a stake can be drawn, 1d .. 30d', duration, DEFAULTS.warmUp)
    .option('--seat-stake <amount>', `what a seat loses (default: ${formatAmount(DEFAULTS.seatStake, ETHER)})`, amount)
    .option('--seat-fee <amount>', `what a seat earns (default: ${formatAmount(DEFAULTS.seatFee, ETHER)})`, amount)
    .option('--commit-time <time>', '1h .. 10d', duration, DEFAULTS.commitTime)
    .option('--reveal-time <time>', '1h .. 10d', duration, DEFAULTS.revealTime)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText(
      'after',
      '\nExamples:\n  assize jury deploy --dry-run --account 0x34…\n  assize jury deploy --seat-stake "2 eth" --least-pool 155 --max "0.05 eth"',
    )
    .action(async (flags: Flags) => done(await deployJury(flags, context)))
}

async function deployJury(flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { chain, oracle, token, paste } = connection
  requireFresh((await latestBlock(chain)).time, context.now(), flags.maxAge)
  const terms = termsOf(flags, connection)
  const step = planJury(oracle, terms)
  if (await hasCode(chain, step.address)) {
    const nothing = { sent: [], steps: [], costs: { likely: 0n, most: 0n, later: 0n } }
    const unsent = [`A jury of these terms is there: ${step.address}`, `Next: export ASSIZE_JURY=${step.address}`]
    const deed = { action: 'jury deploy', arbitrator: step.address }
    reportPerformed(nothing, deed, { connection, flags, context, lines: [], unsent })
    return EXIT.ok
  }
  await requireDrawable(chain)
  const signer = await openSigner(flags, context)
  await requireTaken(chain, step, signer.address)
  const performed = await perform(
    {
      steps: [{ label: 'deploy the jury', call: deployCall(step) }],
      lines: [
        `jury      ${step.address}, of oracle ${oracle}`,
        `seats     ${terms.seats}, of which ${terms.quorum} must reveal; a pool of ${terms.leastPool} stakes for a case`,
        `stake     ${formatAmount(terms.seatStake, token)} a seat; corrupting it costs ${formatAmount(BigInt((terms.quorum + 1) >> 1) * terms.seatStake, token)} at least (R-505)`,
        `price     ${formatAmount(openingPrice(terms), token)}: fixings with a lower arbitration fee are refused`,
        `draws     ${DRAWS}`,
        `times     warm-up ${formatDuration(BigInt(terms.warmUp))}, commit ${formatDuration(BigInt(terms.commitTime))}, reveal ${formatDuration(BigInt(terms.revealTime))}`,
      ],
      question: 'Deploy it?',
    },
    { connection, signer, flags, context },
  )
  const lines = [`Deployed. Next: export ASSIZE_JURY=${step.address}`, `Stake: ${paste('jury', 'join', '4')}`]
  reportPerformed(performed, { action: 'jury deploy', arbitrator: step.address }, { connection, flags, context, lines })
  return EXIT.ok
}

/** Throws RefusedError for a chain on which nobody could be drawn, or everybody knows beforehand who is. */
async function requireDrawable(chain: Chain): Promise<void> {
  const lacking = (await readChainFeatures(chain)).filter(({ neededBy, isThere }) => neededBy === 'jury' && !isThere)
  if (lacking.length === 0) return
  throw new RefusedError(
    `Expected chain ${chain.chainId} to have ${lacking.map(({ name, needs }) => `${name} (${needs})`).join('; ')}.`,
    'Name a council as the arbitrator of fixings there.',
  )
}

/** Throws InputError for a term that the contract does not take. */
async function requireTaken(chain: Chain, step: DeploymentStep, account: Address): Promise<void> {
  try {
    await tryConstructor(chain, step, account)
  } catch (error) {
    if (!(error instanceof OracleRevertError) || error.errorName !== 'TermOutOfBounds') throw error
    const [term, got, least, most] = error.args as readonly [Hex, bigint, bigint, bigint]
    const name = hexToString(term, { size: 32 })
    throw new InputError(
      `Expected ${name} from ${least} to ${most}, got ${got}.`,
      'Amounts are in base units, times in seconds. See assize jury deploy --help.',
      { cause: error },
    )
  }
}

/** Throws InputError; what else is wrong with the terms, the constructor says. */
function termsOf(flags: Flags, { token }: Connection): JuryTerms {
  const { seats, quorum, leastPool, leastSeparationPpm, warmUp, commitTime, revealTime } = flags
  if (seats % 2 === 0)
    throw new InputError(`Expected an odd number of seats, got ${seats}.`, 'Even ones can be halved.')
  const units = (given: Amount | undefined, otherwise: bigint): bigint =>
    given === undefined ? otherwise : baseUnits(given, token)
  return {
    seats,
    quorum,
    leastPool,
    leastSeparationPpm,
    warmUp,
    commitTime,
    revealTime,
    seatStake: units(flags.seatStake, DEFAULTS.seatStake),
    seatFee: units(flags.seatFee, DEFAULTS.seatFee),
  }
}
