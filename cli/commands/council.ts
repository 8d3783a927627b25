import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import {
  isCouncil,
  isRulingSigned,
  readCouncil,
  readOwed,
  signRuling,
  submitRulingCall,
  withdrawFeesCall,
} from '#client/council.ts'
import { formatValue } from '#protocol/decimal.ts'
import { arbitrationTurn } from '#protocol/phase.ts'
import { type Action, confirm, perform } from '../chain/action.ts'
import { address, hash, indexValue } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing, type FoundFixing } from '../fixing/fixing-source.ts'
import { formatAmount, formatIndexValue, formatMoment, formatPaid, formatTime } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import {
  mergeRulings,
  readRuling,
  readRulingIfThere,
  type RulingFile,
  rulingText,
  writeRuling,
} from '../court/ruling-file.ts'
import { openSigner } from '../chain/signer.ts'
import { phaseRefusal } from '../chain/stale.ts'

type Flags = NetworkFlags & SigningFlags & { readonly council?: Address; readonly file?: string }

/** Adds `assize council sign|submit|claim`: rulings of a council, member by member. */
export function defineCouncil(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('council')
  const sign = group
    .command('sign')
    .description(
      "Sign the ruling of a fixing with a member's key. Nothing is sent: hand the file on to the next member.",
    )
    .argument('<fixing>', 'its id', hash)
    .argument('<value>', 'in index units, or INVALID', indexValue)
    .option('--file <file>', 'add the signature to this file, made if it is not there (default: print it)')
    .option('--council <address>', "which of the fixing's two, if not the one whose turn it is", address)
  addSigningOptions(addNetworkOptions(sign))
    .addHelpText(
      'after',
      '\nRead the index as it was at the maturity first: assize verify. A signature does not expire and cannot be taken back; who signs a second value lets others choose\nwhich of them is brought.\n\nExamples:\n  assize council sign 0x12ab… 2500.10 --file ruling.json\n  assize council sign 0x12ab… INVALID > ada.json',
    )
    .action(async (id: Hex, value: bigint, flags: Flags) => done(await signFile({ id, value }, flags, context)))
  const submit = group
    .command('submit')
    .description('Bring a ruling that enough members have signed to the oracle: it settles the fixing. By anyone.')
    .argument('<files...>', 'one file that all signed, or one of each member')
  addSigningOptions(addNetworkOptions(submit))
    .addHelpText(
      'after',
      '\nExamples:\n  assize council submit ruling.json\n  assize council submit ada.json bede.json --dry-run --account 0x34…',
    )
    .action(async (files: string[], flags: Flags) => done(await submitFiles(files, flags, context)))
  const claim = group
    .command('claim')
    .description('Take out your shares of the fees.')
    .argument('<council>', 'its address', address)
  addSigningOptions(addNetworkOptions(claim))
    .addHelpText('after', '\nExamples:\n  assize council claim 0x56…')
    .action(async (council: Address, flags: Flags) => done(await claimShares(council, flags, context)))
}

async function signFile(
  { id, value }: { readonly id: Hex; readonly value: bigint },
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { chain, paste } = connection
  const found = await findFixing(connection, id)
  requireFresh(found.view.snapshot.atTime, context.now(), flags.maxAge)
  const { council, end } = await councilFor(connection, found, flags.council)
  const { signers, threshold } = await readCouncil(chain, council)
  const { address: account, account: key } = await openSigner(flags, context)
  const index = signers.findIndex((one) => one.account === account)
  const member = signers[index]
  if (member === undefined) {
    throw new InputError(
      `Expected a member of council ${council}, got ${account}.`,
      `Members: ${signers.map((one) => `${one.name} ${one.account}`).join(', ')}. An account with code signs elsewhere.`,
    )
  }
  const ruling: RulingFile = { chainId: chain.chainId, council, fixing: id, value, signatures: [] }
  const known = flags.file === undefined ? undefined : await readRulingIfThere(flags.file)
  for (const line of rulingLines(ruling, found, `${member.name}, ${account}`, end)) context.io.err(line)
  if (flags.dryRun === true || key === undefined) {
    context.io.err('Nothing was signed.')
    return EXIT.ok
  }
  // Fails before anything is signed if the file is about something else.
  const all = mergeRulings([
    ...(known === undefined ? [] : [{ file: flags.file ?? '', ruling: known }]),
    { file: 'what was asked for', ruling },
  ])
  await confirm(`Sign that ${formatIndexValue(value, 18)} is the value?`, { flags, context })
  const signature = await signRuling(key, { chainId: chain.chainId, address: council }, { fixingId: id, value })
  const signed = mergeRulings([
    { file: '', ruling: all },
    { file: '', ruling: { ...ruling, signatures: [{ index, name: member.name, signature }] } },
  ])
  if (flags.file === undefined || flags.json === true) context.io.out(rulingText(signed))
  if (flags.file === undefined) return EXIT.ok
  await writeRuling(flags.file, signed)
  const have = signed.signatures.length
  context.io.err(`Signed: ${have} of ${threshold} that a ruling takes, in ${flags.file}.`)
  context.io.err(
    have < threshold ? 'Hand it on to the next member.' : `Bring it: ${paste('council', 'submit', flags.file)}`,
  )
  return EXIT.ok
}

function rulingLines(
  { council, value, fixing }: RulingFile,
  { view }: FoundFixing,
  who: string,
  end: bigint,
): string[] {
  const { candidates, atTime } = view.snapshot
  const { indexId, maturity } = view.snapshot.fixing
  return [
    `ruling    ${formatIndexValue(value, 18)} for fixing ${fixing}`,
    `index     ${indexId}`,
    `maturity  ${formatMoment(maturity, atTime)}: what counts is what the index was then`,
    `council   ${council}, whose turn ends ${formatMoment(end, atTime)}`,
    `signer    ${who}`,
    `claimed   ${candidates.length === 0 ? 'nothing yet' : candidates.map((one) => formatIndexValue(one.value, 18)).join(', ')}`,
    'risk      a signature does not expire and cannot be taken back: sign one value only, as any that enough members sign can be brought',
  ]
}

async function submitFiles(files: readonly string[], flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { chain, paste } = connection
  const ruling = mergeRulings(await Promise.all(files.map(async (file) => ({ file, ruling: await readRuling(file) }))))
  if (ruling.chainId !== chain.chainId) {
    throw new InputError(`Expected a ruling for chain ${chain.chainId}, got one for ${ruling.chainId}.`, 'Use --rpc.')
  }
  const { fixing: id, value, council } = ruling
  const found = await findFixing(connection, id)
  requireFresh(found.view.snapshot.atTime, context.now(), flags.maxAge)
  await councilFor(connection, found, council)
  const { signatures, threshold } = await validOf(connection, ruling, context)
  if (signatures.length < threshold) {
    throw new RefusedError(
      `Expected ${threshold} valid signatures on the ruling, got ${signatures.length}.`,
      `Ask further members: ${paste('council', 'sign', id, formatValue(value), '--file', files[0] ?? '')}`,
    )
  }
  const signer = await openSigner(flags, context)
  const { fixing } = found
  const share = fixing.arbitrationFee / BigInt(signatures.length)
  const named = formatIndexValue(value, 18)
  const action: Action = {
    steps: [{ label: `rule ${named}`, call: submitRulingCall(council, fixing, { value, signatures }) }],
    amount: 0n,
    claims: 0,
    gain: undefined,
    lines: [
      `ruling    ${named} for fixing ${id}, by council ${council}`,
      `signed    by ${signatures.map(({ name }) => name).join(', ')}: ${signatures.length}, ${threshold} are needed`,
      `fee       ${formatAmount(share, connection.token)} for each of them`,
    ],
    question: `Settle the fixing at ${named}?`,
    recheck: async () => void (await councilFor(connection, await findFixing(connection, id), council)),
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const lines = [
    `Settled at ${named}. Look: ${paste('fixing', 'show', id)}`,
    `Members claim: ${paste('council', 'claim', council)}`,
  ]
  const deed = { action: 'council submit', id, arbitrator: council, value }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

/** Those that the council itself takes; the others are named. */
async function validOf({ chain }: Connection, ruling: RulingFile, { io }: Context) {
  const { council, fixing: fixingId, value } = ruling
  const { signers, threshold } = await readCouncil(chain, council)
  const tried = await Promise.all(
    ruling.signatures.map(async (one) => ({
      ...one,
      isValid: await isRulingSigned(chain, council, { fixingId, value }, one),
    })),
  )
  for (const { index, isValid } of tried) {
    if (!isValid) io.err(`Left out: the signature of member ${index} does not verify.`)
  }
  // The names are the chain's: those in the file are anybody's.
  const signatures = tried
    .filter(({ isValid }) => isValid)
    .map(({ index, signature }) => ({ index, signature, name: signers[index]?.name ?? '' }))
  return { signatures, threshold }
}

async function claimShares(council: Address, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { chain, token } = connection
  if (!(await isCouncil(chain, council))) throw noCouncil([council])
  const signer = await openSigner(flags, context)
  const owed = await readOwed(chain, council, signer.address)
  if (owed === 0n) {
    throw new RefusedError(
      `Expected fees of ${signer.address} in council ${council}, got none.`,
      'Who signed a ruling that was brought has a share of its fee.',
    )
  }
  const amount = formatAmount(owed, token)
  const action: Action = {
    steps: [{ label: `withdraw ${amount}`, call: withdrawFeesCall(council) }],
    amount: 0n,
    claims: 0,
    gain: owed,
    lines: [`claim     ${amount} of fees from council ${council}`],
    question: `Take out ${amount}?`,
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const lines = [`Claimed ${formatPaid(owed, token)}.`]
  const deed = { action: 'council claim', arbitrator: council, taken: performed.sent.length === 0 ? undefined : owed }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

/** The council that may rule on the fixing now, and when its turn ends. Throws RefusedError if none can, InputError if it is another. */
async function councilFor(
  { chain, paste }: Connection,
  { view, fixing }: FoundFixing,
  named: Address | undefined,
): Promise<{ readonly council: Address; readonly end: bigint }> {
  const { snapshot } = view
  const turn = arbitrationTurn(fixing, snapshot.facts, snapshot.atTime)
  if (turn === undefined) throw phaseRefusalOf(snapshot, paste)
  const { current, end } = turn
  const council = named ?? current
  if (council !== fixing.arbitrator && council !== fixing.backup) {
    throw new InputError(
      `Expected one of the two that rule, ${fixing.arbitrator} or ${fixing.backup}, got ${council}.`,
      'Leave --council out.',
    )
  }
  if (council !== current) {
    throw new RefusedError(
      `Expected the turn of council ${council}, got that of ${current}, until ${formatTime(end)}.`,
      'The backup rules after the arbitration limit, and the arbitrator not any more.',
    )
  }
  if (await isCouncil(chain, council)) return { council, end }
  throw noCouncil([council])
}

function phaseRefusalOf(snapshot: FoundFixing['view']['snapshot'], paste: Connection['paste']): RefusedError {
  if (snapshot.phase === 'settled') return phaseRefusal(snapshot, paste)
  return new RefusedError(
    `Expected a fixing in arbitration, got one that is ${snapshot.phase}.`,
    `Look: ${paste('fixing', 'show', snapshot.id)}`,
  )
}

function noCouncil(got: readonly Address[]): InputError {
  return new InputError(`Expected a council, got ${got.join(' and ')}, which is none.`, 'If it is a jury: assize jury.')
}
