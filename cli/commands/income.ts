import { type Command, Option } from 'commander'
import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'
import { CLAIM_GAS, MEASURED_SHARES } from '#protocol/reporter-gas.ts'
import { address, amount, duration, ether, gasPrice, percent, positive, whole } from '../arguments.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { type IncomeFlags, incomeTerms } from '../economics/income-terms.ts'
import { incomeDocument, renderIncome } from '../economics/income-view.ts'
import { etherOption } from '../options.ts'

const CENT = 10n ** 16n

const EXAMPLES = `
Examples:
  assize income
  assize income --gas-price 20gwei --reward 0.5eth
  assize income --claims batched
  assize income --fixings 1000 --server 20usd --eth-in 2500usd --json
  assize income --rpc http://127.0.0.1:8545 --registry 0x12ab…`

/** Adds `assize income`: what a reporter earns in a year under given terms. Reads a chain only if it is named. */
export function defineIncome(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program.command('income')
  addRewardOptions(command)
  addCostOptions(command)
  addDisputeOptions(command)
  command
    .option('--rpc <url>', 'ask this JSON-RPC endpoint for the gas price')
    .option('--registry <address>', 'and this registry for its reporters and its least stake', address)
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: IncomeFlags & { json?: true }) => done(await showIncome(flags, context)))
}

async function showIncome(flags: IncomeFlags & { json?: true }, context: Context): Promise<ExitCode> {
  const terms = await incomeTerms(flags, context)
  const { io } = context
  io.out(flags.json === true ? JSON.stringify(incomeDocument(terms), undefined, 2) : renderIncome(terms, io))
  return EXIT.ok
}

function addRewardOptions(command: Command): void {
  command
    .option('--fixings <n>', 'fixings a year that have the reward', whole, 365)
    .addOption(etherOption('--reward <eth>', 'what is added for the reporters of each', 10n * CENT))
    .addOption(etherOption('--proposal-reward <eth>', 'what a proposal earns besides its bond', 0n))
    .option('--reporters <n>', 'how many are registered (default: 100, or those of --registry)', positive)
    .option('--attendance <percent>', 'of all fixings, those that pay this reporter (default: 95)', percent)
    .option('--others <percent>', 'of those, the ones that any other signs too (default: 90)', percent)
}

function addCostOptions(command: Command): void {
  command
    .option('--gas-price <amount>', 'such as 2gwei (default: 2gwei, or what --rpc says)', gasPrice)
    .addOption(
      new Option('--attest <when>', 'paid: if a share of the reward pays for the gas of it, as nodes do by default')
        .choices(['paid', 'always'])
        .default('paid'),
    )
    .addOption(
      new Option(
        '--claims <how>',
        `alone: ${CLAIM_GAS.alone} gas a share; batched: ${CLAIM_GAS.batched}, if ${MEASURED_SHARES} split one transaction`,
      )
        .choices(Object.keys(CLAIM_GAS))
        .default('alone'),
    )
    .addOption(
      new Option('--claim-gas <gas>', 'instead, this much gas a share; 0 if others pay')
        .argParser(whole)
        .conflicts('claims'),
    )
    .addOption(etherOption('--bond <eth>', 'what a proposal bonds', DEFAULT_PARAMETERS.minBond))
    .option('--bond-time <time>', 'for how long: seconds, or such as 24h, 2d', duration, DEFAULT_PARAMETERS.firstWindow)
    .addOption(etherOption('--capital <eth>', 'kept at hand for bonds and disputes', DEFAULT_PARAMETERS.minBond))
    .option('--stake <eth>', 'stake of the reporter (default: 1 ETH, or the least of --registry)', ether)
    .option('--interest <percent>', 'what stake and capital would earn elsewhere in a year (default: 3)', percent)
    .option('--years <n>', 'over how many years the registration is written off', positive, 3)
    .option('--rosters <n>', 'how often a year a roster is published', whole, 12)
    .option('--slashing <percent>', 'likelihood of losing the stake within a year (default: 0.1)', percent)
    .option('--server <amount>', 'what the server costs a month (default: 0.005eth)', amount)
    .option('--eth-in <amount>', 'what 1 ETH is worth in the currency of --server, such as 2500usd', amount)
}

function addDisputeOptions(command: Command): void {
  command
    .option('--disputed <percent>', 'of all fixings, those with a lie that this reporter answers (default: 0)', percent)
    .addOption(etherOption('--dispute-stake <eth>', 'what it stakes then', 0n))
    .option('--dispute-return <percent>', 'what that earns on average, losses taken off (default: 40)', percent)
}
