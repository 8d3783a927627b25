import type { Command } from 'commander'
import { type Address, isAddressEqual } from 'viem'
import { rotateCall, rotatedIn } from '#client/registration.ts'
import { perform } from '../chain/action.ts'
import { openOracle, requireFresh } from '../chain/connection.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatMoment } from '../format.ts'
import { addRegistrySigningOptions, type RegistrySigningFlags } from '../options.ts'
import { memberOf, openRegistry, requireStaying } from '../reporter/registry-place.ts'
import { readRotation, type RotationFile } from '../reporter/rotation-file.ts'

const EXAMPLES = `
The node signs with its old key until the rotation takes effect, and with the new one from then on: change its keystore then, not before. At most once
in two epochs. Stakes in juries stay the old key's: with that "assize jury leave" and then "assize jury claim" take them out, or "assize jury voter" names the new key their voter.

Examples:
  assize rotate rotation.json --registry 0x56…
  assize rotate rotation.json --dry-run --account 0x34…`

/** Adds `assize rotate`: replaces the keys of a reporter by new ones that have agreed to it. */
export function defineRotate(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program.command('rotate').argument('<consent>', 'the file of "assize keys rotate"')
  addRegistrySigningOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: RegistrySigningFlags) => done(await rotate(file, flags, context)))
}

async function rotate(file: string, flags: RegistrySigningFlags, context: Context): Promise<ExitCode> {
  const consent = await readRotation(file)
  const connection = await openOracle(flags, context)
  const registry = await openRegistry(connection.chain, flags.registry, context)
  requireThisRegistry(consent, connection.chain.chainId, registry.address)
  requireFresh(registry.time, context.now(), flags.maxAge)
  const { agreed } = consent
  const member = memberOf(registry, agreed.index)
  const owner = await openSigner(flags, context)
  if (member.owner !== owner.address || agreed.owner !== owner.address) {
    const want = member.owner === owner.address ? agreed.owner : member.owner
    throw new InputError(
      `Expected the key of the owner ${want}, got that of ${owner.address}.`,
      'Name its keystore with --keystore, or make another consent: assize keys rotate --owner.',
    )
  }
  requireStaying(member)
  const performed = await perform(
    {
      steps: [{ label: `rotate to ${agreed.signer}`, call: rotateCall(registry.address, agreed) }],
      lines: [
        `reporter  ${agreed.index}: ${member.signer} now, which never comes back`,
        `new key   ${agreed.signer}, from the start of the next epoch`,
      ],
      question: `Replace the keys of reporter ${agreed.index}?`,
    },
    { connection, signer: owner, flags, context },
  )
  const receipt = performed.sent.at(-1)
  const from = receipt === undefined ? undefined : rotatedIn(receipt)
  const lines =
    from === undefined
      ? []
      : [
          `Reporter ${agreed.index} signs with ${agreed.signer} from ${formatMoment(from, registry.time)}.`,
          'At that time stop its node, name the new keystore in its configuration, and start it.',
          `Stakes in juries stay ${member.signer}'s, and the new key does not vote for them. Before, with the old key: assize jury leave,`,
          `then assize jury claim. Or: assize jury voter ${agreed.signer}, and ${member.signer} in juror.for.`,
        ]
  const reporter = { index: agreed.index, signer: agreed.signer }
  reportPerformed(performed, { action: 'rotate', reporter }, { connection, flags, context, lines })
  return EXIT.ok
}

function requireThisRegistry(consent: RotationFile, chainId: number, registry: Address): void {
  if (consent.chainId === chainId && isAddressEqual(consent.registry, registry)) return
  throw new InputError(
    `Expected a consent for the registry ${registry} on chain ${chainId}, got one for ${consent.registry} on chain ${consent.chainId}.`,
    'Correct --registry or --rpc, or make another: assize keys rotate.',
  )
}
