import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import { type CouncilSigner, readCouncil, signRuling } from '#client/council.ts'
import { confirm } from '../chain/confirm.ts'
import { address, hash, indexValue } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { councilFor } from '../court/council-court.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing, type FoundFixing } from '../fixing/fixing-source.ts'
import { formatIndexValue, formatMoment } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { mergeRulings, readRulingIfThere, type RulingFile, rulingText, writeRuling } from '../court/ruling-file.ts'
import { openSigner } from '../chain/signer.ts'

type Flags = NetworkFlags & SigningFlags & { readonly council?: Address; readonly file?: string }

const NOTES = `
Read the index as it was at the maturity first: assize verify. A signature does not expire and cannot be taken back; who signs a second value lets others choose
which of them is brought.

Examples:
  assize council sign 0x12ab… 2500.10 --file ruling.json
  assize council sign 0x12ab… INVALID > ada.json`

/** Adds `assize council sign`: a member's signature on a ruling. */
export function defineCouncilSign(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('sign')
    .description(
      "Sign the ruling of a fixing with a member's key. Nothing is sent: hand the file on to the next member.",
    )
    .argument('<fixing>', 'its id', hash)
    .argument('<value>', 'in index units, or INVALID', indexValue)
    .option('--file <file>', 'add the signature to this file, made if it is not there (default: print it)')
    .option('--council <address>', "which of the fixing's two, if not the one whose turn it is", address)
  addSigningOptions(addNetworkOptions(command))
    .addHelpText('after', NOTES)
    .action(async (id: Hex, value: bigint, flags: Flags) => done(await signFile({ id, value }, flags, context)))
}

async function signFile(
  { id, value }: { readonly id: Hex; readonly value: bigint },
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const { chain } = connection
  const found = await findFixing(connection, id)
  requireFresh(found.view.snapshot.atTime, context.now(), flags.maxAge)
  const { council, end } = await councilFor(connection, found, flags.council)
  const { signers, threshold } = await readCouncil(chain, council)
  const { address: account, account: key } = await openSigner(flags, context)
  const { index, name } = memberOf(council, signers, account)
  const ruling: RulingFile = { chainId: chain.chainId, council, fixing: id, value, signatures: [] }
  const known = flags.file === undefined ? undefined : await readRulingIfThere(flags.file)
  for (const line of rulingLines(ruling, found, `${name}, ${account}`, end)) context.io.err(line)
  if (flags.dryRun === true || key === undefined) {
    context.io.err('Nothing was signed.')
    return EXIT.ok
  }
  // Fails before anything is signed if the file is about something else.
  const all = mergeRulings([
    ...(known === undefined ? [] : [{ file: flags.file ?? '', ruling: known }]),
    { file: 'what was asked for', ruling },
  ])
  const remedy = 'Add --yes to sign, or --dry-run to only see what that would be.'
  await confirm(`Sign that ${formatIndexValue(value, 18)} is the value?`, { flags, context, remedy })
  const signature = await signRuling(key, { chainId: chain.chainId, address: council }, { fixingId: id, value })
  // Of its own the member knows which is right.
  const others = all.signatures.filter((one) => one.index !== index)
  const signed = mergeRulings([
    { file: '', ruling: { ...all, signatures: others } },
    { file: '', ruling: { ...ruling, signatures: [{ index, name, signature }] } },
  ])
  await handOn(signed, threshold, { connection, flags, context })
  return EXIT.ok
}

/** The account's place in the council. Throws InputError if it has none. */
function memberOf(
  council: Address,
  signers: readonly CouncilSigner[],
  account: Address,
): { readonly index: number; readonly name: string } {
  const index = signers.findIndex((one) => one.account === account)
  const member = signers[index]
  if (member !== undefined) return { index, name: member.name }
  throw new InputError(
    `Expected a member of council ${council}, got ${account}.`,
    `Members: ${signers.map((one) => `${one.name} ${one.account}`).join(', ')}. An account with code signs elsewhere.`,
  )
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

/** Prints the ruling, or writes it to the file and says what to do with that. */
async function handOn(
  signed: RulingFile,
  threshold: number,
  {
    connection: { paste },
    flags: { file, json },
    context: { io },
  }: { readonly connection: Connection; readonly flags: Flags; readonly context: Context },
): Promise<void> {
  if (file === undefined || json === true) io.out(rulingText(signed))
  if (file === undefined) return
  await writeRuling(file, signed)
  const have = new Set(signed.signatures.map((one) => one.index)).size
  io.err(`Signed: ${have} of ${threshold} that a ruling takes, in ${file}.`)
  io.err(have < threshold ? 'Hand it on to the next member.' : `Bring it: ${paste('council', 'submit', file)}`)
}
