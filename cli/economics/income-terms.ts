import type { Address } from 'viem'
import { readGasPrice, readRegistryTerms } from '#client/registry-terms.ts'
import { parseDecimal } from '#protocol/decimal.ts'
import { type IncomeTerms, requireTerms, TermOutOfBoundsError } from '#protocol/income-terms.ts'
import { ceilingOf } from '#protocol/rational.ts'
import { CLAIM_GAS, REPORTER_GAS } from '#protocol/reporter-gas.ts'
import { type Amount, baseUnits } from '../arguments.ts'
import { connectTo } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { ETHER, formatDuration, formatEth, formatGwei, formatPercent, ONE_ETHER } from '../format.ts'
import { DEFAULT_RPC } from '../options.ts'

/** What `assize income` was asked; what may come from a chain, or has a unit that commander cannot print, has no default. */
export type IncomeFlags = {
  readonly fixings: number
  readonly reward: bigint
  readonly proposalReward: bigint
  readonly reporters?: number
  readonly attendance?: bigint
  readonly others?: bigint
  readonly gasPrice?: bigint
  readonly attest: 'paid' | 'always'
  readonly claims: keyof typeof CLAIM_GAS
  readonly claimGas?: number
  readonly bond: bigint
  readonly bondTime: number
  readonly capital: bigint
  readonly stake?: bigint
  readonly interest?: bigint
  readonly years: number
  readonly rosters: number
  readonly slashing?: bigint
  readonly server?: Amount
  readonly ethIn?: Amount
  readonly disputed?: bigint
  readonly disputeStake: bigint
  readonly disputeReturn?: bigint
  readonly rpc?: string
  readonly registry?: Address
}

const GWEI = 10n ** 9n
const PERCENT = 10_000n

/** What a chain says, if one was named. */
type Reading = { readonly gasPrice?: bigint; readonly reporters?: number; readonly stake?: bigint }

/** The terms that flags, chain and defaults make, in this order. Throws InputError, DeadRpcError, NoCodeError. */
export async function incomeTerms(flags: IncomeFlags, context: Context): Promise<IncomeTerms> {
  const serverCost = flags.server === undefined ? ONE_ETHER / 200n : inEther(flags.server, flags.ethIn)
  const read = await readChain(flags, context)
  const terms: IncomeTerms = {
    fixings: BigInt(flags.fixings),
    reward: flags.reward,
    proposalReward: flags.proposalReward,
    reporters: BigInt(flags.reporters ?? read.reporters ?? 100),
    attendancePpm: flags.attendance ?? 95n * PERCENT,
    othersAttendancePpm: flags.others ?? 90n * PERCENT,
    gasPrice: flags.gasPrice ?? read.gasPrice ?? 2n * GWEI,
    attestGas: flags.attest === 'always' ? 0n : REPORTER_GAS.attest,
    claimGas: BigInt(flags.claimGas ?? CLAIM_GAS[flags.claims]),
    bond: flags.bond,
    bondSeconds: BigInt(flags.bondTime),
    capital: flags.capital,
    stake: flags.stake ?? read.stake ?? ONE_ETHER,
    interestPpm: flags.interest ?? 3n * PERCENT,
    years: BigInt(flags.years),
    rosters: BigInt(flags.rosters),
    disputedPpm: flags.disputed ?? 0n,
    disputeStake: flags.disputeStake,
    disputeReturnPpm: flags.disputeReturn ?? 40n * PERCENT,
    slashingPpm: flags.slashing ?? PERCENT / 10n,
    server: serverCost,
  }
  requireFlags(terms)
  return terms
}

/** Asks the chain for what no flag says, and tells it. */
async function readChain(flags: IncomeFlags, { io, env }: Context): Promise<Reading> {
  if (flags.rpc === undefined && flags.registry === undefined) return {}
  const chain = await connectTo(flags.rpc ?? env['ASSIZE_RPC_URL'] ?? DEFAULT_RPC)
  const gasPrice = await readGasPrice(chain)
  io.err(`gas at ${formatGwei(gasPrice)} gwei, says ${chain.rpcUrl}`)
  if (flags.registry === undefined) return { gasPrice }
  const { minStake, reporters } = await readRegistryTerms(chain, flags.registry)
  io.err(`${reporters} reporters, at least ${formatEth(minStake)} ETH of stake, says the registry ${flags.registry}`)
  return { gasPrice, reporters, stake: minStake }
}

/** An amount of ETH, or of the currency of which `ethIn` is 1 ETH; wei, rounded up. */
function inEther(cost: Amount, ethIn: Amount | undefined): bigint {
  if (ethIn === undefined || cost.unit === undefined || cost.unit !== ethIn.unit) {
    const isForeign = ethIn !== undefined || !['eth', 'gwei', 'wei', undefined].includes(cost.unit)
    if (!isForeign) return baseUnits(cost, ETHER)
    const got = ethIn === undefined ? 'nothing' : `"${ethIn.text}"`
    throw new InputError(
      `Expected --server in ETH or, with --eth-in, in the currency of that, got "${cost.text}" and ${got}.`,
      'Such as --server 20usd --eth-in 2500usd.',
    )
  }
  const [monthly, worth] = [parseDecimal(cost.digits), parseDecimal(ethIn.digits)]
  if (worth.n === 0n) throw new InputError(`Expected --eth-in above 0, got "${ethIn.text}".`, '')
  return ceilingOf({ n: monthly.n * worth.d * ONE_ETHER, d: monthly.d * worth.n })
}

type Shown = { readonly flag: string; readonly show: (got: bigint) => string }

const eth = (flag: string): Shown => ({ flag, show: (wei) => `${formatEth(wei, 18)} ETH` })
const share = (flag: string): Shown => ({ flag, show: formatPercent })
const count = (flag: string): Shown => ({ flag, show: String })

/** By which flag a term is given, and how it reads there. */
const FLAGS: Readonly<Record<keyof IncomeTerms, Shown>> = {
  fixings: count('--fixings'),
  reward: eth('--reward'),
  proposalReward: eth('--proposal-reward'),
  reporters: count('--reporters'),
  attendancePpm: share('--attendance'),
  othersAttendancePpm: share('--others'),
  gasPrice: { flag: '--gas-price', show: (wei) => `${formatGwei(wei)} gwei` },
  attestGas: count('--attest'),
  claimGas: count('--claim-gas'),
  bond: eth('--bond'),
  bondSeconds: { flag: '--bond-time', show: formatDuration },
  capital: eth('--capital'),
  stake: eth('--stake'),
  interestPpm: share('--interest'),
  years: count('--years'),
  rosters: count('--rosters'),
  disputedPpm: share('--disputed'),
  disputeStake: eth('--dispute-stake'),
  disputeReturnPpm: share('--dispute-return'),
  slashingPpm: share('--slashing'),
  server: eth('--server'),
}

function requireFlags(terms: IncomeTerms): void {
  try {
    requireTerms(terms)
  } catch (error) {
    if (!(error instanceof TermOutOfBoundsError)) throw error
    const { flag, show } = FLAGS[error.field]
    const want = `Expected ${flag} from ${show(error.min)} to ${show(error.max)}, got ${show(error.got)}.`
    throw new InputError(want, error.reason, { cause: error })
  }
}
