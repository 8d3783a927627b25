import type { Command } from 'commander'
import { isRulingSigned, readCouncil, submitRulingCall } from '#client/council.ts'
import { formatValue } from '#protocol/decimal.ts'
import { type Action, perform } from '../chain/action.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { councilFor } from '../court/council-court.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findFixing } from '../fixing/fixing-source.ts'
import { formatAmount, formatIndexValue } from '../format.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { mergeRulings, readRuling, type RulingFile } from '../court/ruling-file.ts'
import { openSigner } from '../chain/signer.ts'

type Flags = NetworkFlags & SigningFlags

/** Adds `assize council submit`: brings a ruling to the oracle. */
export function defineCouncilSubmit(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = group
    .command('submit')
    .description('Bring a ruling that enough members have signed to the oracle: it settles the fixing. By anyone.')
    .argument('<files...>', 'one file that all signed, or one of each member')
  addSigningOptions(addNetworkOptions(command))
    .addHelpText(
      'after',
      '\nExamples:\n  assize council submit ruling.json\n  assize council submit ada.json bede.json --dry-run --account 0x34…',
    )
    .action(async (files: string[], flags: Flags) => done(await submitFiles(files, flags, context)))
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

/** Of each member the first that the council itself takes; the others are named. */
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
    const isThere = tried.some((one) => one.index === index && one.isValid)
    if (!isValid) io.err(`Left out: ${isThere ? 'another' : 'the'} signature of member ${index} does not verify.`)
  }
  // The names are the chain's: those in the file are anybody's.
  const signatures = tried
    .filter(({ isValid }) => isValid)
    .filter(({ index }, i, valid) => valid.findIndex((one) => one.index === index) === i)
    .map(({ index, signature }) => ({ index, signature, name: signers[index]?.name ?? '' }))
  return { signatures, threshold }
}
