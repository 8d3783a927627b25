import type { Command } from 'commander'
import type { Context } from './context.ts'
import type { ExitCode } from './exit-code.ts'

/** Adds commands to a program, which describes them itself; `done` is called with how each ended. */
export type Define = (program: Command, context: Context, done: (code: ExitCode) => void) => void

/** Some of the program's commands: what each is for, by its name, and their code, which is read only when one is called. */
export type Entry = { readonly summaries: Readonly<Record<string, string>>; readonly load: () => Promise<Define> }

/** Commands that are listed together. */
export type Section = { readonly heading: string; readonly entries: readonly Entry[] }

/** Every command, as the help lists them: sorted by what somebody has come for. */
export const CATALOGUE: readonly Section[] = [
  {
    heading: 'Begin:',
    entries: [
      entry(
        { demo: 'Resolve one maturity end to end on an embedded chain, with every node its own process.' },
        async () => (await import('./commands/demo.ts')).defineDemo,
      ),
      entry(
        {
          devnet:
            'A local network with a false proposal to dispute, until Ctrl-C; prints the environment for the commands.',
        },
        async () => (await import('./commands/devnet.ts')).defineDevnet,
      ),
      entry(
        { completion: 'Print a script by which a shell completes commands, options, their choices and files.' },
        async () => (await import('./commands/completion.ts')).defineCompletion,
      ),
    ],
  },
  {
    heading: 'Look, dispute, claim:',
    entries: [
      entry(
        { watch: 'Fixings as they stand, with the own value, odds, deadlines and pots worth joining, until Ctrl-C.' },
        async () => (await import('./commands/watch.ts')).defineWatch,
      ),
      entry(
        { status: 'Where fixings stand: phase, leader, candidates with stakes and odds, deadline, settlement.' },
        async () => (await import('./commands/status.ts')).defineStatus,
      ),
      entry(
        { verify: 'Compute the value of a fixing from its sources, and say whether what stands on chain is right.' },
        async () => (await import('./commands/verify.ts')).defineVerify,
      ),
      entry(
        {
          contribute: 'Stake on a value so that it leads; in part or whole, ETH is wrapped as needed.',
          appeal: 'Stake on a value so that the arbitrator rules; in part or whole, ETH is wrapped as needed.',
        },
        async () => (await import('./commands/contribute.ts')).defineStakes,
      ),
      entry(
        { claim: 'Claim every receipt that pays, of one fixing or of all. Exit 8: some are not due yet, none is.' },
        async () => (await import('./commands/claim.ts')).defineClaim,
      ),
      entry(
        { receipts: 'What an account has at stake, what it is worth; hand it on.' },
        async () => (await import('./commands/receipts.ts')).defineReceipts,
      ),
      entry(
        { cancel: 'Take back transactions of an account that wait to be mined, as when gas has become dearer.' },
        async () => (await import('./commands/cancel.ts')).defineCancel,
      ),
    ],
  },
  {
    heading: 'Hold P and N:',
    entries: [
      entry(
        { series: 'Announce a strike on a fixing at a vault, list what there is, or show everything of one.' },
        async () => (await import('./commands/series.ts')).defineSeries,
      ),
      entry(
        {
          split:
            'Split collateral into as much P and N of a series, before the maturity; ETH where the vault is of WETH.',
        },
        async () => (await import('./commands/split.ts')).defineSplit,
      ),
      entry(
        { merge: 'Merge as much P as N of a series back into the collateral, at any time.' },
        async () => (await import('./commands/merge.ts')).defineMerge,
      ),
      entry(
        {
          redeem:
            'Redeem P and N of settled series for what the settlement says. Exit 8: with --all, some are not settled yet, none pays.',
        },
        async () => (await import('./commands/redeem.ts')).defineRedeem,
      ),
    ],
  },
  {
    heading: 'Make and serve fixings:',
    entries: [
      entry(
        { fixing: 'Create a fixing, list what there is, or show everything of one.' },
        async () => (await import('./commands/fixing.ts')).defineFixing,
      ),
      entry(
        { index: 'Write an index document, check one, or read its sources.' },
        async () => (await import('./commands/index-group.ts')).defineIndex,
      ),
      entry(
        { propose: 'Propose the value of a fixing that is open, staking the bond; ETH is wrapped as needed.' },
        async () => (await import('./commands/propose.ts')).definePropose,
      ),
      entry(
        { fund: 'Add to the reward of a prompt, right proposal; what it does not use comes back.' },
        async () => (await import('./commands/fund.ts')).defineFund,
      ),
      entry(
        { request: 'Pay the fee so that the arbitrator rules on a fixing that nobody proposed within its grace.' },
        async () => (await import('./commands/request.ts')).defineRequest,
      ),
      entry(
        {
          collect:
            'Send the sink (the burn address) its share of a settled fixing: once, by anyone, for nothing in return.',
        },
        async () => (await import('./commands/collect.ts')).defineCollect,
      ),
      entry(
        {
          evidence:
            'What an index was at a maturity, in one file: export it from a node, or check one without asking anybody.',
        },
        async () => (await import('./commands/evidence.ts')).defineEvidence,
      ),
    ],
  },
  {
    heading: 'Run a reporter:',
    entries: [
      entry(
        { init: 'Set a node up, step by step: settings, keys, registration, a check of everything, and its start.' },
        async () => (await import('./commands/init.ts')).defineInit,
      ),
      entry(
        { keys: 'Make, list and move keys; let those of a node agree to be registered.' },
        async () => (await import('./commands/keys.ts')).defineKeys,
      ),
      entry(
        { register: 'Register a reporter that you own, and put in its stake.' },
        async () => (await import('./commands/register.ts')).defineRegister,
      ),
      entry(
        { rotate: 'Replace the keys of a reporter that you own by new ones, from the next epoch on.' },
        async () => (await import('./commands/rotate.ts')).defineRotate,
      ),
      entry(
        {
          unregister:
            'End the membership of a reporter that you own, for good. Its stake is free after the unbonding delay.',
          stake: 'Add to the stake of a reporter that you own.',
          unstake: 'Pay the stake of a reporter that has left back to its owner, once it is free.',
        },
        async () => (await import('./commands/membership.ts')).defineMembership,
      ),
      entry(
        { reporters: 'Who is registered: index, signer, owner, stake, since when; pay those who attest a fixing.' },
        async () => (await import('./commands/reporters.ts')).defineReporters,
      ),
      entry(
        { node: 'Run a node: observe, sign, gossip, propose, dispute and claim, as its configuration allows.' },
        async () => (await import('./commands/node.ts')).defineNode,
      ),
      entry(
        {
          doctor:
            'Look at all that a node needs: keys, disk, clock, endpoints, contracts, registration, indices, itself.',
        },
        async () => (await import('./commands/doctor.ts')).defineDoctor,
      ),
      entry(
        { journal: 'What a node did and decided not to do, and why: the newest lines, oldest first.' },
        async () => (await import('./commands/journal.ts')).defineJournal,
      ),
      entry(
        {
          differences:
            "Why other reporters' observations of a fixing differ from this node's: source by source, minute by minute.",
        },
        async () => (await import('./commands/differences.ts')).defineDifferences,
      ),
      entry(
        {
          halt: 'Stop all new stake of a node at once, whether it runs or not, until assize resume.',
          resume: 'Let a node stake again that was stopped by assize halt.',
        },
        async () => (await import('./commands/halt.ts')).defineHalt,
      ),
      entry(
        {
          backup: 'Write everything that a stopped node or signer remembers to a file. Keys are not in it.',
          restore: 'Make the store of a node or signer from a backup, in a data_dir that has none.',
        },
        async () => (await import('./commands/backup.ts')).defineBackup,
      ),
      entry(
        {
          signer:
            'Keep a key for nodes elsewhere, and sign one observation of a fixing only, whoever asks; until Ctrl-C.',
        },
        async () => (await import('./commands/signer.ts')).defineSigner,
      ),
    ],
  },
  {
    heading: 'Rule:',
    entries: [
      entry(
        { jury: 'Be a juror: stake, vote, claim; or move a case on, as anybody can.' },
        async () => (await import('./commands/jury.ts')).defineJury,
      ),
      entry(
        { council: 'Rule as a council: sign, bring k signatures, claim the fee.' },
        async () => (await import('./commands/council.ts')).defineCouncil,
      ),
      entry(
        { uma: 'A fixing that UMA rules on: see what is asserted, assert, dispute, settle and bring the ruling.' },
        async () => (await import('./commands/uma.ts')).defineUma,
      ),
    ],
  },
  {
    heading: 'Design and deploy:',
    entries: [
      entry(
        {
          explain:
            'Which parameters for which value at stake, what an attack on them costs, and how to create the fixing.',
        },
        async () => (await import('./commands/explain.ts')).defineExplain,
      ),
      entry(
        { griefing: 'What each delay costs, where a lie wins, and the honest capital needed, for given parameters.' },
        async () => (await import('./commands/griefing.ts')).defineGriefing,
      ),
      entry(
        {
          income:
            'What a reporter earns and spends in a year, what breaks even, and how much gas and reward change it.',
        },
        async () => (await import('./commands/income.ts')).defineIncome,
      ),
      entry(
        {
          deploy:
            'Deploy oracle, councils, registry, vault and lens by CREATE2. What is there is left alone, so it can be repeated.',
        },
        async () => (await import('./commands/deploy.ts')).defineDeploy,
      ),
    ],
  },
]

function entry(summaries: Entry['summaries'], load: Entry['load']): Entry {
  return { summaries, load }
}

/** What the first words of a command line call: `contribute …`, or `help contribute`; undefined for none. */
export function calledBy(args: readonly string[]): Entry | undefined {
  const [first, second] = args.filter((word) => !word.startsWith('-'))
  const name = first === 'help' ? second : first
  const entries = CATALOGUE.flatMap((section) => section.entries)
  return entries.find(({ summaries }) => Object.keys(summaries).includes(name ?? ''))
}
